package postmortem

// similar recalls earlier incidents of the kind and what of them is still open.
func similar(f Facts) Section {
	s := Section{Key: "similar", Title: "Similar incidents", Record: true, Text: "No earlier incident with a similar title was found."}
	if len(f.Similar) == 0 {
		return s
	}
	var items []string
	for _, o := range f.Similar {
		item := o.ID.String() + " (" + o.Severity.String() + ", " + f.when(o.DeclaredAt) + "): " + escape(o.Title)
		for _, action := range o.OpenActions {
			item += "\n  - still open: " + escape(action)
		}
		items = append(items, item)
	}
	s.Text = bullets(items)
	return s
}
