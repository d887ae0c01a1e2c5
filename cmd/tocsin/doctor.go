package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// mark is how a finding weighs.
type mark string

const (
	markOK      mark = "ok"
	markWarning mark = "warning" // works, yet somebody should look
	markWrong   mark = "wrong"   // something does not work
)

// finding is what looking at one thing came to: how it is, and unless it is well,
// what that means and how to mend it. All are sentences.
type finding struct {
	Mark    mark   `json:"mark"`
	Area    string `json:"area"`
	Text    string `json:"text"`
	Meaning string `json:"meaning,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

func fine(area, format string, args ...any) finding {
	return finding{Mark: markOK, Area: area, Text: fmt.Sprintf(format, args...)}
}

// diagnosis is everything that doctor found, in the order in which it looked.
type diagnosis struct {
	OK       bool      `json:"ok"`
	Findings []finding `json:"findings"`
}

// diagnose sums findings up; hide blanks out secrets in every text.
func diagnose(found []finding, hide func(string) string) diagnosis {
	d := diagnosis{OK: true, Findings: []finding{}}
	for _, f := range found {
		f.Text, f.Meaning, f.Remedy = hide(f.Text), hide(f.Meaning), hide(f.Remedy)
		d.Findings = append(d.Findings, f)
		d.OK = d.OK && f.Mark != markWrong
	}
	return d
}

func (d diagnosis) count(m mark) (n int) {
	for _, f := range d.Findings {
		if f.Mark == m {
			n++
		}
	}
	return n
}

// write prints one line for each finding, its columns aligned, and a last one
// that counts.
func (d diagnosis) write(to io.Writer) error {
	area := 0
	for _, f := range d.Findings {
		area = max(area, len(f.Area))
	}
	var b strings.Builder
	for _, f := range d.Findings {
		text := strings.Join(strings.Fields(f.Text+" "+f.Meaning+" "+f.Remedy), " ")
		fmt.Fprintf(&b, "%-7s  %-*s  %s\n", f.Mark, area, f.Area, text)
	}
	fmt.Fprintf(&b, "\n%d ok, %d warning(s), %d wrong\n", d.count(markOK), d.count(markWarning), d.count(markWrong))
	_, err := io.WriteString(to, b.String())
	return err
}

func (d diagnosis) writeJSON(to io.Writer) error {
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(d)
}

// err is nil when nothing is wrong; its text makes the exit code a sentence.
func (d diagnosis) err() error {
	if d.OK {
		return nil
	}
	return fmt.Errorf("%d of %d checks found something wrong", d.count(markWrong), len(d.Findings))
}

// asSentence ends what an error says like a sentence, and begins it like one.
func asSentence(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	return strings.ToUpper(text[:min(1, len(text))]) + cmp.Or(strings.TrimRight(text[min(1, len(text)):], "."), "") + "."
}
