package postmortem

// questions lists what the record lacks, as the lint found it.
func questions(f Facts) Section {
	s := Section{Key: "questions", Title: "Open questions and missing data", Record: true, Text: "Nothing is missing from the record."}
	findings := LintRecord(f)
	if len(findings) == 0 {
		return s
	}
	s.Text = bullets(findingItems(findings))
	return s
}

func findingItems(list []Finding) []string {
	items := make([]string, len(list))
	for n, found := range list {
		items[n] = "**" + escape(found.Where) + ":** " + escape(found.Says) + " " + escape(found.Fix)
	}
	return items
}
