package main

import (
	"fmt"
	"strings"

	"github.com/tocsinhq/tocsin/bot"
)

// commandTable is the table of subcommands in Markdown, as the README shows it.
func commandTable() string {
	var b strings.Builder
	b.WriteString("| type | to | also |\n|---|---|---|\n")
	for _, row := range bot.CommandRows() {
		usage := strings.TrimSpace(row.Name + " " + row.Args)
		var also []string
		for _, alias := range row.Aliases {
			also = append(also, "`"+alias+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", cell(usage), cell(row.Help), strings.Join(also, " "))
	}
	return b.String()
}

// emojiTable is the table of emoji in Markdown, as the README shows it.
func emojiTable() string {
	var b strings.Builder
	b.WriteString("| emoji | does | setting |\n|---|---|---|\n")
	for _, s := range settings() {
		if s.group == "Emoji" {
			_, does, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(s.doc, "."), ", separated by commas"), " that ")
			fmt.Fprintf(&b, "| `:%s:` | %s | `%s` |\n", s.def, cell(does), s.name)
		}
	}
	return b.String()
}

// cell keeps a text within its cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
