package localpg

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
)

// oldestMajor is the first Postgres that has what our SQL needs.
const oldestMajor = 14

// folders is where packages put the server, by system.
var folders = []string{
	"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu, Gentoo
	"/usr/pgsql-*/bin",                                   // the Postgres project's RPMs
	"/usr/lib/postgresql*/bin",                           // openSUSE
	"/usr/libexec/postgresql*",                           // Alpine
	"/opt/homebrew/opt/postgresql*/bin",                  // Homebrew on Apple silicon
	"/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",     // Homebrew on Linux
	"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
	"/opt/local/lib/postgresql*/bin",                     // MacPorts
	"/usr/local/pgsql/bin",                               // built from source
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// binaries is a folder with postgres and initdb in it.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// binaries finds the server: on the machine, else in the cache, else by
// download. Data made by one major version needs that version.
func (config Config) binaries(ctx context.Context, data int, as account) (binaries, error) {
	search := config.search
	if search == nil {
		search = installed
	}
	var found []binaries
	for _, dir := range search() {
		if b, ok := inspect(ctx, dir); ok && as.mayEnter(dir) {
			found = append(found, b)
		}
	}
	for _, b := range found {
		if b.major == data || (data == 0 && b.major >= oldestMajor) {
			return b, nil
		}
	}
	b, err := config.download(ctx, data, as)
	if err == nil {
		return b, nil
	}
	if data != 0 {
		return binaries{}, fmt.Errorf("the data of the private Postgres was made by version %d, which is neither installed (found: %s) nor downloadable (%w): install PostgreSQL %d or set DATABASE_URL; the data was not touched",
			data, majors(found), err, data)
	}
	return binaries{}, fmt.Errorf("there is no PostgreSQL on this machine and it cannot be downloaded (%w): %s or set DATABASE_URL", err, hint())
}

// hint names the command that installs Postgres.
func hint() string {
	if runtime.GOOS == "darwin" {
		return "run `brew install postgresql`"
	}
	return "install the package postgresql with your system's package manager"
}

func majors(found []binaries) string {
	if len(found) == 0 {
		return "none"
	}
	names := ""
	for _, b := range found {
		names += strconv.Itoa(b.major) + " in " + b.dir + " "
	}
	return names[:len(names)-1]
}

// installed lists folders in the order of preference: what PATH shows, then
// the usual folders, newest first.
func installed() []string {
	var dirs []string
	for _, program := range []string{"postgres", "pg_ctl", "initdb"} {
		if path, err := exec.LookPath(program); err == nil {
			dirs = append(dirs, realFolder(path))
		}
	}
	for _, pattern := range folders {
		matches, _ := filepath.Glob(pattern) // the patterns are constants and well formed
		slices.SortFunc(matches, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
		dirs = append(dirs, matches...)
	}
	return dirs
}

// realFolder follows links: /usr/local/bin/postgres may point at a folder
// where initdb and the libraries are.
func realFolder(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return filepath.Dir(path)
}

var digits = regexp.MustCompile(`\d+`)

// number is the first number in a path, its Postgres version.
func number(path string) int {
	n, _ := strconv.Atoi(digits.FindString(path)) // no number sorts last
	return n
}

// inspect asks the server for its version. It reports false when the folder
// does not hold both programs.
func inspect(ctx context.Context, dir string) (binaries, bool) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return binaries{}, false
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return binaries{}, false
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return binaries{}, false
	}
	major, err := strconv.Atoi(string(match[1]))
	return binaries{dir: dir, major: major}, err == nil
}
