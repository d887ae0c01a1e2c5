package organisation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing wrong with the file.
type Mistake struct {
	Line int    // 0: the file as a whole
	Path string // where it stands, like policies.payments.steps[1].delay; may be empty
	Text string // the rest of the sentence: what is wrong, what to do
}

// Mistakes lists everything wrong with a file, in the order of its lines.
type Mistakes struct {
	File string
	List []Mistake
}

// Error is one line for each mistake, each with file and line.
func (m *Mistakes) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s; nothing was changed:", count(len(m.List), "mistake"), m.File)
	for _, one := range m.List {
		b.WriteString("\n  " + m.File)
		if one.Line > 0 {
			fmt.Fprintf(&b, ":%d", one.Line)
		}
		b.WriteString(": " + strings.TrimSpace(one.Path+" "+one.Text))
	}
	return b.String()
}

// count says how many there are of something, in words that fit.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// ledger collects mistakes and remembers where in the file everything stands.
type ledger struct {
	lines map[string]int // path -> line
	list  []Mistake
}

// wrong notes a mistake about what stands at the path, or about the nearest
// thing around it that does stand in the file.
func (l *ledger) wrong(path, format string, args ...any) {
	l.note(Mistake{l.lineOf(path), path, fmt.Sprintf(format, args...)})
}

// note keeps a mistake; of a great many only the first.
func (l *ledger) note(m Mistake) {
	if !l.full() {
		l.list = append(l.list, m)
	}
}

// full reports whether more mistakes would not be kept.
func (l *ledger) full() bool { return len(l.list) >= maxMistakes }

// lineOf is the line of the path, or of the nearest thing around it.
func (l *ledger) lineOf(path string) int {
	for path != "" {
		if line, ok := l.lines[path]; ok {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 0
}

// err is all mistakes in the order of their lines, or nil.
func (l *ledger) err(file string) error {
	if len(l.list) == 0 {
		return nil
	}
	slices.SortStableFunc(l.list, func(a, b Mistake) int { return cmp.Compare(a.Line, b.Line) })
	return &Mistakes{file, l.list}
}
