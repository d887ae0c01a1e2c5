package main

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// uses lists the places where the file names a member of an imported package.
func (p parsed) uses(of imported, member string) []token.Pos {
	var found []token.Pos
	ast.Inspect(p.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == of.name && n.Sel.Name == member {
				found = append(found, n.Pos())
			}
		case *ast.Ident:
			if of.name == "." && n.Name == member {
				found = append(found, n.Pos())
			}
		}
		return true
	})
	return found
}

// importing is a file that imports the given packages and does nothing else.
func importing(file string, paths ...string) source {
	text := "package p\n"
	for _, at := range paths {
		text += "import _ \"" + strings.Replace(at, "@", module, 1) + "\"\n"
	}
	return source{file, text}
}

// Each source breaks one rule; the checker must say so, in the words given.
func TestArchitectureRulesCatchViolations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source source
		want   string
	}{
		"incident imports timeline":        {importing("incident/a.go", "@timeline"), "imports run one way"},
		"incident imports its child":       {importing("incident/a.go", "@incident/oncall"), "imports run one way"},
		"timeline imports a child":         {importing("timeline/a.go", "@incident/alert"), "imports run one way"},
		"domain imports postmortem":        {importing("incident/alert/a.go", "@postmortem"), "imports run one way"},
		"postmortem imports bot":           {importing("postmortem/a.go", "@bot"), "imports run one way"},
		"postmortem imports integration":   {importing("postmortem/a.go", "@integrations/jira"), "imports run one way"},
		"domain test imports bot":          {importing("incident/a_test.go", "@bot"), "imports run one way"},
		"bot imports cmd":                  {importing("bot/a.go", "@cmd/tocsin"), "imports run one way"},
		"service imports migrations":       {importing("incident/service.go", "@migrations"), "only cmd brings"},
		"bot imports test database":        {importing("bot/a.go", "@migrations/pgtest"), "only cmd brings"},
		"unknown package of ours":          {importing("bot/a.go", "@pkg/thing"), "imports run one way"},
		"migrations import incident":       {importing("migrations/a.go", "@incident"), "a schema must not change"},
		"pgtest imports incident":          {importing("migrations/pgtest/a_test.go", "@incident"), "a schema must not change"},
		"slacksim imports view":            {importing("bot/slacksim/a.go", "@bot/view"), "shares its mistakes"},
		"slacksim test imports incident":   {importing("bot/slacksim/a_test.go", "@incident"), "shares its mistakes"},
		"integration imports bot":          {importing("integrations/jira/a.go", "@bot"), "removing one folder"},
		"integration test imports view":    {importing("integrations/jira/a_test.go", "@bot/view"), "removing one folder"},
		"integration imports another":      {importing("integrations/jira/a.go", "@integrations/web"), "removing one folder"},
		"jira imports the network":         {importing("integrations/jira/a.go", "@integrations/simnet"), "ask a simulator"},
		"jira test imports the network":    {importing("integrations/jira/a_test.go", "@integrations/simnet"), "ask a simulator"},
		"cmd imports the network":          {importing("cmd/tocsin/demo.go", "@integrations/simnet"), "ask a simulator"},
		"slacksim imports the network":     {importing("bot/slacksim/a.go", "@integrations/simnet"), "shares its mistakes"},
		"the network imports a vendor":     {importing("integrations/simnet/a.go", "@integrations/jira"), "removing one folder"},
		"network lookalike":                {importing("integrations/jira/jirasim/a.go", "@integrations/simnet/deeper"), "removing one folder"},
		"web imports the browser":          {importing("integrations/web/a.go", "@integrations/browsertest"), "tests of pages"},
		"page imports the browser":         {importing("bot/slacksim/page/a.go", "@integrations/browsertest"), "shares its mistakes"},
		"cmd drives a browser":             {importing("cmd/tocsin/demo.go", "github.com/chromedp/chromedp"), "tests of pages"},
		"the browser knows a page":         {importing("integrations/browsertest/a.go", "@integrations/web"), "removing one folder"},
		"bot imports secrets":              {importing("bot/a.go", "@integrations/secret"), "removing one folder"},
		"secrets import a vendor":          {importing("integrations/secret/a.go", "@integrations/jira"), "removing one folder"},
		"bot imports integration":          {importing("bot/a.go", "@integrations/jira"), "removing one folder"},
		"bot imports its simulator":        {importing("bot/a.go", "@bot/slacksim"), "tests and to the demo"},
		"jira imports its simulator":       {importing("integrations/jira/a.go", "@integrations/jira/jirasim"), "tests and to the demo"},
		"incident speaks Slack":            {importing("incident/a.go", "github.com/slack-go/slack"), "only the bot speaks Slack"},
		"cmd test speaks Slack":            {importing("cmd/tocsin/a_test.go", "github.com/slack-go/slack/socketmode"), "only the bot speaks Slack"},
		"postmortem speaks Jira":           {importing("postmortem/a.go", "github.com/andygrunwald/go-jira"), "only the Jira integration"},
		"bot migrates":                     {importing("bot/a.go", "github.com/pressly/goose/v3"), "only migrations change"},
		"bot runs a Postgres":              {importing("bot/a.go", "github.com/fergusstrange/embedded-postgres"), "only localpg"},
		"web parses the command line":      {importing("integrations/web/a.go", "github.com/alecthomas/kong"), "only the command line"},
		"rules know the database":          {importing("incident/incident.go", "github.com/jackc/pgx/v5"), "rules stay pure"},
		"a section knows jobs":             {importing("postmortem/section_header.go", "github.com/riverqueue/river"), "rules stay pure"},
		"a lookalike is no store":          {importing("incident/storehouse.go", "github.com/jackc/pgx/v5/pgxpool"), "rules stay pure"},
		"view queries":                     {importing("bot/view/a.go", "github.com/jackc/pgx/v5"), "talks to nobody"},
		"view enqueues":                    {importing("bot/view/a.go", "github.com/riverqueue/river"), "talks to nobody"},
		"view connects":                    {importing("bot/view/a.go", "github.com/slack-go/slack/socketmode"), "talks to nobody"},
		"view makes a client":              {source{"bot/view/a.go", "package view\nimport s \"github.com/slack-go/slack\"\nvar c = s.New(\"\")"}, "uses slack.New"},
		"view takes a client":              {source{"bot/view/a.go", "package view\nimport \"github.com/slack-go/slack\"\nfunc f(*slack.Client) {}"}, "uses slack.Client"},
		"package util":                     {source{"bot/util/a.go", "package text"}, "has no home"},
		"package helpers in a good folder": {source{"bot/text/a.go", "package helpers"}, "has no home"},
		"package types, in its test":       {source{"bot/text/a_test.go", "package types_test"}, "has no home"},
		"test sleeps":                      {source{"bot/a_test.go", "package bot\nimport \"time\"\nfunc f() { time.Sleep(1) }"}, "calls time.Sleep"},
		"test sleeps under an alias":       {source{"bot/a_test.go", "package bot\nimport t \"time\"\nfunc f() { t.Sleep(1) }"}, "calls time.Sleep"},
		"test sleeps with a dot import":    {source{"bot/a_test.go", "package bot\nimport . \"time\"\nfunc f() { Sleep(1) }"}, "calls time.Sleep"},
		"init function":                    {source{"bot/a.go", "package bot\nfunc init() {}"}, "registers itself"},
		"init in a test":                   {source{"bot/a_test.go", "package bot\nfunc init() {}"}, "registers itself"},
		"file that does not parse":         {source{"bot/a.go", "package"}, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := checkSources([]source{c.source})
			if len(found) == 0 {
				t.Fatal("no violation found")
			}
			if all := joined(found); !strings.Contains(all, c.want) {
				t.Errorf("violations do not say %q:\n%s", c.want, all)
			}
			if !strings.HasPrefix(found[0].where, c.source.path) {
				t.Errorf("violation at %q, want it in %s", found[0].where, c.source.path)
			}
		})
	}
}

// What the plan allows stays allowed: a rule that cries wolf gets switched off.
func TestArchitectureRulesAllowThePlan(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]source{
		"timeline on incident":          importing("timeline/a.go", "@incident"),
		"domain on its siblings":        importing("incident/escalation/a.go", "@incident", "@timeline", "@incident/oncall"),
		"postmortem on domain":          importing("postmortem/a.go", "@incident", "@timeline", "@incident/alert"),
		"bot on view and domain":        importing("bot/a.go", "@bot/view", "@postmortem", "github.com/slack-go/slack/socketmode", "github.com/jackc/pgx/v5"),
		"integration on domain":         importing("integrations/jira/a.go", "@incident", "github.com/andygrunwald/go-jira"),
		"integration on its own child":  importing("integrations/jira/a_test.go", "@integrations/jira/jirasim", "@migrations/pgtest"),
		"integration with secrets":      importing("integrations/jira/config.go", "@integrations/secret"),
		"simulator on the network":      importing("integrations/jira/jirasim/a.go", "@integrations/simnet"),
		"browser on chromedp":           importing("integrations/browsertest/a.go", "github.com/chromedp/chromedp"),
		"page test on the browser":      importing("bot/slacksim/page/a_test.go", "@integrations/browsertest", "github.com/chromedp/chromedp"),
		"web test on the browser":       importing("integrations/web/a_test.go", "@integrations/browsertest"),
		"network tested from outside":   importing("integrations/simnet/a_test.go", "@integrations/simnet"),
		"bot test on simulator":         importing("bot/a_test.go", "@bot/slacksim", "@migrations/pgtest"),
		"incident test on recorder":     importing("incident/a_test.go", "@timeline", "@migrations/pgtest", "github.com/jackc/pgx/v5"),
		"demo on simulators":            importing("cmd/tocsin/demo.go", "@bot/slacksim", "@integrations/jira/jirasim", "@migrations/localpg", "github.com/alecthomas/kong"),
		"store, service and recorder":   importing("incident/store_task.go", "github.com/jackc/pgx/v5"),
		"recorder with jobs":            importing("timeline/recorder.go", "github.com/riverqueue/river"),
		"pgtest on localpg":             importing("migrations/pgtest/a.go", "@migrations", "@migrations/localpg"),
		"slacksim tested with slack-go": importing("bot/slacksim/a_test.go", "github.com/slack-go/slack"),
		"block types in a view":         {"bot/view/a.go", "package view\nimport \"github.com/slack-go/slack\"\nvar b slack.Block"},
		"sleep in a bubble":             {"bot/a_test.go", "package bot\nimport (\"time\"; \"testing/synctest\")\nvar _ = synctest.Wait\nfunc f() { time.Sleep(1) }"},
		"somebody else's Sleep":         {"bot/a_test.go", "package bot\nimport \"time\"\nvar _ time.Time\nfunc f() { bed.Sleep(1) }"},
		"a method called init":          {"bot/a.go", "package bot\nfunc (b Bot) init() {}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := checkSources([]source{s}); len(found) > 0 {
				t.Errorf("reported without cause:\n%s", joined(found))
			}
		})
	}
}

func TestTopLevelFoldersAreFixed(t *testing.T) {
	t.Parallel()
	if found := checkFolders(append([]string{".git", ".ci", "bin"}, topLevel...)); len(found) > 0 {
		t.Errorf("the plan's own folders are reported:\n%s", joined(found))
	}
	for _, f := range []string{"pkg", "internal", "util", "scripts"} {
		if found := checkFolders([]string{f}); len(found) != 1 {
			t.Errorf("folder %s at the top gave %d violations, want 1", f, len(found))
		}
	}
}

func joined(found []violation) string {
	var b strings.Builder
	for _, v := range found {
		b.WriteString(v.String() + "\n")
	}
	return b.String()
}
