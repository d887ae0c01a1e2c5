package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tocsinhq/tocsin/bot"
	"github.com/tocsinhq/tocsin/bot/slacksim"
)

// BenchmarkIdleServe builds the program, lets `tocsin serve` idle for 5 s after it
// is connected to Slack and to a Postgres that is not its own, and reports what
// the kernel says it holds: RSS, and PSS, which counts shared pages in part. The
// garbage collector is left as it is in production. It also reports how long the
// process took from its start until Slack had greeted it, and the size of the
// program. Linux only.
func BenchmarkIdleServe(b *testing.B) {
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		b.Skip("the kernel does not tell: ", err)
	}
	program := filepath.Join(b.TempDir(), "tocsin")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	url := durableURL(b)
	var rss, pss, ready float64
	rounds := 0
	for b.Loop() {
		rounds++
		p := startServe(b, program, url)
		ready += p.ready.Seconds() * 1000
		pause(b.Context(), 5*time.Second)
		r, s := p.memory(b)
		rss, pss = rss+r, pss+s
		p.stop()
	}
	b.ReportMetric(rss/float64(rounds), "RSS-MB")
	b.ReportMetric(pss/float64(rounds), "PSS-MB")
	b.ReportMetric(ready/float64(rounds), "ms-until-connected")
	if info, err := os.Stat(program); err == nil {
		b.ReportMetric(float64(info.Size())/1e6, "program-MB")
	}
}

// served is a `tocsin serve` in a process of its own.
type served struct {
	pid   int
	ready time.Duration
	stop  func()
}

func startServe(b *testing.B, program, url string) served {
	b.Helper()
	slack := slacksim.New(slacksim.Options{Seed: benchSeed.Add(1), BotEvents: bot.BotEvents(), Scopes: bot.Scopes(), NoLimits: true})
	if err := slack.Listen("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	cmd := exec.CommandContext(ctx, program, "serve")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Env = append(os.Environ(), "SLACK_BOT_TOKEN="+slack.BotToken(), "SLACK_APP_TOKEN="+slack.AppToken(), "SLACK_API_URL="+slack.APIURL(),
		"DATABASE_URL="+url, "TOCSIN_HTTP_ADDR=127.0.0.1:0", "TOCSIN_ANNOUNCE_CHANNEL=#incidents", "TOCSIN_LOG_LEVEL=warn")
	cmd.Stderr = b.Output()
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p := served{pid: cmd.Process.Pid, stop: func() {
		cancel()
		_ = cmd.Wait() // it was told to end
		slack.Close()
	}}
	for len(slack.Calls("users.conversations")) == 0 {
		if pause(b.Context(), 2*time.Millisecond); time.Since(start) > 20*time.Second {
			p.stop()
			b.Fatal("serve did not come up within 20 s")
		}
	}
	p.ready = time.Since(start)
	return p
}

// memory is what the kernel says of the process, in megabytes.
func (p served) memory(b *testing.B) (rss, pss float64) {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p.pid))
	if err != nil {
		b.Fatal(err)
	}
	of := func(name string) float64 {
		for line := range strings.Lines(string(raw)) {
			if fields := strings.Fields(line); len(fields) == 3 && fields[0] == name+":" {
				kB, err := strconv.ParseFloat(fields[1], 64)
				if err != nil {
					b.Fatal(err)
				}
				return kB * 1024 / 1e6
			}
		}
		return 0
	}
	return of("Rss"), of("Pss")
}
