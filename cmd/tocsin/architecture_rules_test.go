package main

import (
	"go/ast"
	"path"
	"strings"
)

// The layers, innermost first. An import may only point to a smaller number,
// or stay in its own folder.
const (
	layerIncident = iota
	layerTimeline
	layerDomain
	layerPostmortem
	layerEdge
	layerCommand
	layerUnknown = -1
)

func layer(dir string) int {
	switch {
	case dir == "incident":
		return layerIncident
	case within(dir, "timeline"):
		return layerTimeline
	case within(dir, "incident"):
		return layerDomain
	case within(dir, "postmortem"):
		return layerPostmortem
	case withinAny(dir, "bot", "integrations"):
		return layerEdge
	case within(dir, "cmd"):
		return layerCommand
	}
	return layerUnknown
}

// arrowsRunOneWay: incident <- timeline <- incident/* <- postmortem <- bot,
// integrations/* <- cmd. A domain package's tests may use any other domain
// package, and every test may use the database of migrations.
func arrowsRunOneWay(p parsed) []violation {
	const why = "imports run one way, incident <- timeline <- incident/* <- postmortem <- bot, integrations <- cmd, so that the heart can be read and tested alone"
	from := layer(p.dir)
	if from == layerUnknown {
		return nil // migrations; or a folder that the top-level rule reports
	}
	if p.test && from < layerPostmortem {
		from = layerPostmortem
	}
	var found []violation
	for _, i := range p.imports {
		if i.ours == "" {
			continue
		}
		if within(i.ours, "migrations") {
			if from != layerCommand && !p.test {
				found = append(found, p.at(i.pos, "only cmd brings a database to its schema; packages take the pool they are given", "%s imports %s", p.dir, i.ours))
			}
			continue
		}
		to := layer(i.ours)
		sideways := to == from && (from == layerDomain || from == layerEdge) // siblings; integrationsStandAlone says more
		testing := p.test && to <= from && to != layerUnknown
		if to == layerUnknown || to > from || to == from && !sideways && !testing && !sameTop(p.dir, i.ours) {
			found = append(found, p.at(i.pos, why, "%s imports %s", p.dir, i.ours))
		}
	}
	return found
}

// sameTop reports whether two packages share their top folder.
func sameTop(a, b string) bool {
	topA, _, _ := strings.Cut(a, "/")
	topB, _, _ := strings.Cut(b, "/")
	return topA == topB && !(a == "incident" || b == "incident")
}

// islandsImportNothingOfOurs: migrations and the Slack simulator know only themselves.
// The browser that tries the workspace's page knows nothing that could be shared.
func islandsImportNothingOfOurs(p parsed) []violation {
	var found []violation
	for folder, why := range map[string]string{
		"migrations":   "a schema must not change because a domain type did",
		"bot/slacksim": "a simulator that shares code with what it judges shares its mistakes",
	} {
		if !within(p.dir, folder) {
			continue
		}
		for _, i := range p.imports {
			if i.ours != "" && !within(i.ours, folder) && !(p.test && i.ours == testBrowser) {
				found = append(found, p.at(i.pos, why, "%s imports %s", p.dir, i.ours))
			}
		}
	}
	return found
}

// What integrations share knows no vendor, so removing one leaves it whole.
const (
	simulatedNetwork = "integrations/simnet"      // what their simulators listen with
	secretText       = "integrations/secret"      // what their settings are told in, by cmd
	testBrowser      = "integrations/browsertest" // what tests of pages look with, the workspace's too
)

// integrationsStandAlone: no integration imports the bot or another
// integration, and the bot imports none of them. Only secret text is for
// all, the simulated network for all simulators, and the browser for all tests.
func integrationsStandAlone(p parsed) []violation {
	const why = "one vendor can be removed by removing one folder; cmd joins what must meet"
	var found []violation
	for _, i := range p.imports {
		if p.test && i.ours == testBrowser {
			continue
		}
		another := within(i.ours, "integrations") && i.ours != simulatedNetwork && i.ours != secretText && integration(i.ours) != integration(p.dir)
		lonely := within(p.dir, "integrations") && (within(i.ours, "bot") || another)
		if lonely || within(p.dir, "bot") && within(i.ours, "integrations") {
			found = append(found, p.at(i.pos, why, "%s imports %s", p.dir, i.ours))
		}
	}
	return found
}

// integration names the integration that a folder belongs to: "jira" for integrations/jira/jirasim.
func integration(dir string) string {
	rest := strings.TrimPrefix(dir, "integrations/")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// simulatorsServeTestsAndCommands: product code never reaches for a simulator,
// and nothing but a simulator for their network.
func simulatorsServeTestsAndCommands(p parsed) []violation {
	var found []violation
	for _, i := range p.imports {
		if i.ours == simulatedNetwork && p.dir != simulatedNetwork && !strings.HasSuffix(p.dir, "sim") {
			found = append(found, p.at(i.pos, "the simulated network belongs to the simulators of integrations; ask a simulator for its client", "%s imports %s", p.dir, i.ours))
		}
		if p.test || within(p.dir, "cmd") {
			continue
		}
		if name := path.Base(i.ours); strings.HasSuffix(name, "sim") && !within(p.dir, i.ours) {
			found = append(found, p.at(i.pos, "a simulator belongs to tests and to the demo, never to what runs in production", "%s imports %s", p.dir, i.ours))
		}
	}
	return found
}

// browsersBelongToTests: nothing that runs in production drives a browser.
func browsersBelongToTests(p parsed) []violation {
	if p.test || p.dir == testBrowser {
		return nil
	}
	var found []violation
	for _, i := range p.imports {
		if i.ours == testBrowser || within(i.path, "github.com/chromedp") {
			found = append(found, p.at(i.pos, "a browser belongs to tests of pages", "%s imports %s", p.dir, i.path))
		}
	}
	return found
}

// vendorsHaveOneHome: each vendor's library is imported in one place, by tests as well.
func vendorsHaveOneHome(p parsed) []violation {
	homes := []struct{ vendor, home, why string }{
		{"github.com/slack-go", "bot", "only the bot speaks Slack"},
		{"github.com/andygrunwald/go-jira", "integrations/jira", "only the Jira integration speaks Jira"},
		{"github.com/wneessen/go-mail", "integrations/email", "only the e-mail integration speaks SMTP"},
		{"github.com/emersion/go-smtp", "integrations/email/mailsim", "only the simulated mail server serves SMTP"},
		{"github.com/pressly/goose", "migrations", "only migrations change the schema"},
		{"github.com/fergusstrange/embedded-postgres", "migrations/localpg", "only localpg looks for a Postgres to run"},
		{"github.com/alecthomas/kong", "cmd", "only the command line parses the command line"},
	}
	var found []violation
	for _, i := range p.imports {
		for _, h := range homes {
			if within(i.path, h.vendor) && !within(p.dir, h.home) {
				found = append(found, p.at(i.pos, h.why, "%s imports %s, whose home is %s", p.dir, i.path, h.home))
			}
		}
	}
	return found
}

// databaseHasItsFiles: inside the domain, SQL and jobs live in the files named after them.
func databaseHasItsFiles(p parsed) []violation {
	if p.test || !withinAny(p.dir, "incident", "timeline", "postmortem") {
		return nil
	}
	name := strings.TrimSuffix(path.Base(p.path), ".go")
	for _, allowed := range []string{"service", "store", "worker"} {
		if name == allowed || strings.HasPrefix(name, allowed+"_") {
			return nil
		}
	}
	if strings.HasPrefix(name, "recorder") {
		return nil
	}
	var found []violation
	for _, i := range p.imports {
		if withinAny(i.path, "github.com/jackc/pgx", "github.com/riverqueue/river") {
			found = append(found, p.at(i.pos, "rules stay pure; only service, store, worker and recorder files know that there is a database", "%s imports %s", p.path, i.path))
		}
	}
	return found
}

// viewsArePure: a view turns our types into blocks. slack-go's block types
// are welcome, its clients are not.
func viewsArePure(p parsed) []violation {
	const why = "a view is a pure function from our types to blocks; it talks to nobody"
	if !within(p.dir, "bot/view") {
		return nil
	}
	var found []violation
	for _, i := range p.imports {
		client := within(i.path, "github.com/slack-go/slack") && i.path != "github.com/slack-go/slack"
		if client || withinAny(i.path, "github.com/jackc/pgx", "github.com/riverqueue/river", "net/http", "database/sql") {
			found = append(found, p.at(i.pos, why, "%s imports %s", p.dir, i.path))
		}
	}
	slack, ok := p.importsPackage("github.com/slack-go/slack")
	if !ok {
		return found
	}
	for _, member := range []string{"New", "Client"} {
		for _, pos := range p.uses(slack, member) {
			found = append(found, p.at(pos, why, "%s uses slack.%s", p.dir, member))
		}
	}
	return found
}

// packagesHaveNames: a package named after nothing collects everything.
func packagesHaveNames(p parsed) []violation {
	var found []violation
	for _, bad := range []string{"util", "utils", "common", "helper", "helpers", "types", "models", "manager", "impl"} {
		if strings.TrimSuffix(p.syntax.Name.Name, "_test") == bad || path.Base(p.dir) == bad {
			found = append(found, p.at(p.syntax.Name.Pos(), "a helper without a name has no home; inline it, or name what it is", "package %q in %s", p.syntax.Name.Name, p.dir))
		}
	}
	return found
}

// testsDoNotSleep: only a synctest bubble may sleep, where it costs nothing.
func testsDoNotSleep(p parsed) []violation {
	clock, usesTime := p.importsPackage("time")
	_, bubble := p.importsPackage("testing/synctest")
	if !p.test || !usesTime || bubble {
		return nil
	}
	var found []violation
	for _, pos := range p.uses(clock, "Sleep") {
		found = append(found, p.at(pos, "a test that sleeps is slow when it passes and flaky when it does not; wait for the condition, or use synctest", "%s calls time.Sleep", p.path))
	}
	return found
}

// nothingHappensBeforeMain: no init functions, in tests neither.
func nothingHappensBeforeMain(p parsed) []violation {
	var found []violation
	for _, d := range p.syntax.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			found = append(found, p.at(f.Pos(), "lists are tables in one place; nothing registers itself", "%s has an init function", p.path))
		}
	}
	return found
}
