package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Exit codes: people and CI tell a failure from a mistake in what was asked.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // the command line or the settings are wrong

	// exitDiffers ends tocsin plan when the file and the database differ: scripts
	// know the same number from other programs that plan.
	exitDiffers = 2
)

// cli is the command line: every command, and the settings as flags.
type cli struct {
	Config Config `embed:""`

	ShowVersion versionFlag `name:"version" help:"Print the version of this program."`

	Serve         serveCommand         `cmd:"" help:"Serve Slack until told to stop."`
	Demo          demoCommand          `cmd:"" help:"Show the whole product with a simulated Slack and Jira; needs no credentials."`
	Doctor        doctorCommand        `cmd:"" help:"Look at everything that serving depends on: what is wrong, what it means, how to mend it."`
	Manifest      manifestCommand      `cmd:"" help:"Print the app manifest to create the Slack app from."`
	Plan          planCommand          `cmd:"" help:"Show what applying an organisation file would change. Exit code 0: nothing, 2: something."`
	Apply         applyCommand         `cmd:"" help:"Make people, teams, services, policies and schedules what an organisation file says, all of it or nothing."`
	Export        exportCommand        `cmd:"" help:"Print the organisation as a file."`
	Lint          lintCommand          `cmd:"" help:"Look for what would surprise at night: gaps, empty steps, people whom no page reaches. Exit code 1: something is wrong."`
	Why           whyCommand           `cmd:"" help:"Tell who would be paged for a service or policy, or why somebody was or was not paged in an incident."`
	Migrate       migrateCommand       `cmd:"" help:"Bring the database to the schema of this program. Doing it twice changes nothing."`
	Version       versionCommand       `cmd:"" help:"Print the version of this program."`
	SettingsTable settingsTableCommand `cmd:"" hidden:"" help:"Print the table of settings, in Markdown."`
}

// streams are where a command writes: results to out, the log to err.
type streams struct{ out, err io.Writer }

// process is what a command gets: its settings, complete and checked as far
// as it asks, its log, and where to write.
type process struct {
	streams
	config *Config
	log    *slog.Logger
	env    func(string) (string, bool)
}

// execute runs the command that args ask for and returns the exit code. It
// returns when the command has ended or, soon, when ctx is done.
func execute(ctx context.Context, args []string, to streams, env func(string) (string, bool)) int {
	var root cli
	chosen, exited, err := root.parse(args, to)
	if exited != nil {
		return *exited
	}
	if err != nil {
		fmt.Fprintf(to.err, "tocsin: %v\n", err)
		return exitUsage
	}
	root.Config.load(flagsOf(chosen), env)
	c := &root.Config
	p := &process{to, c, newLogger(to.err, c.Level(), c.LogFormat, c.secrets()...), env}
	chosen.BindTo(ctx, (*context.Context)(nil))
	return exitCode(to.err, p, chosen.Run(p))
}

// exitCode prints what went wrong, without secrets, and says how to end.
func exitCode(to io.Writer, p *process, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errDiffers) {
		return exitDiffers // what differs was printed
	}
	fmt.Fprintf(to, "tocsin: %s\n", newRedaction(p.config.secrets()).text(err.Error()))
	var settings *SettingsError
	if errors.As(err, &settings) {
		return exitUsage
	}
	return exitFailed
}

// parse reads the command line. exited is the code that help ended with.
func (root *cli) parse(args []string, to streams) (chosen *kong.Context, exited *int, err error) {
	parser, err := kong.New(root,
		kong.Name("tocsin"),
		kong.Description("Slack-native incident response. Every setting is a flag, an environment variable, or a line of the settings file."),
		kong.Writers(to.out, to.err),
		kong.Exit(func(code int) { exited = &code }),
		kong.ValueFormatter(helpOf),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return nil, nil, err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	chosen, err = parser.Parse(args)
	return chosen, exited, err
}

// helpOf is a flag's line of help, with the name of its variable.
func helpOf(v *kong.Value) string {
	if name := v.Tag.Get("setting"); name != "" {
		return v.Help + " ($" + name + ")"
	}
	return v.Help
}

// flagsOf reports which flags were on the command line.
func flagsOf(chosen *kong.Context) func(string) bool {
	return func(flag string) bool {
		return slices.ContainsFunc(chosen.Path, func(at *kong.Path) bool {
			return at.Flag != nil && !at.Resolved && at.Flag.Name == flag
		})
	}
}

// versionFlag does what the command does, since people try the one or the other.
type versionFlag bool

// BeforeReset prints the version, whatever else is on the command line.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	_, err := fmt.Fprintln(app.Stdout, "tocsin", version())
	app.Exit(exitOK)
	return err
}

type versionCommand struct{}

// Run prints the module version and the commit that this was built from.
func (versionCommand) Run(p *process) error {
	_, err := fmt.Fprintln(p.out, "tocsin", version())
	return err
}

// version is what the Go tool stamped into the binary.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	said := []string{info.Main.Version}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && !strings.Contains(info.Main.Version, s.Value[:min(12, len(s.Value))]) {
			said = append(said, s.Value)
		}
	}
	return strings.Join(append(said, info.GoVersion), " ")
}

type settingsTableCommand struct{}

// Run prints the table that the README shows.
func (settingsTableCommand) Run(p *process) error {
	_, err := io.WriteString(p.out, settingsTable())
	return err
}
