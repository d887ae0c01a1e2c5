package postmortem

// Section is one part of a postmortem as the machine writes it, in Markdown
// without its heading.
type Section struct {
	Key    string // stored; never changes its meaning
	Title  string
	Text   string
	Record bool // it quotes the record, so its wording is not judged
}

// Sections writes all parts of a postmortem in the order in which they are
// read. The list below is the one place that says which there are.
func Sections(f Facts) []Section {
	f = f.complete()
	var list []Section
	for _, write := range []func(Facts) Section{
		header,
		summary,
		impact,
		metrics,
		keyEvents,
		detection,
		response,
		tried,
		trigger,
		factors,
		mitigators,
		lessons,
		similar,
		actions,
		communications,
		questions,
		appendix,
	} {
		list = append(list, write(f))
	}
	return list
}

// outline is every section's key, title and nature, in order, without a text.
func outline() []Section {
	list := Sections(Facts{})
	for n := range list {
		list[n].Text = ""
	}
	return list
}

// Keys lists the keys of all sections in order.
func Keys() []string {
	var keys []string
	for _, s := range outline() {
		keys = append(keys, s.Key)
	}
	return keys
}
