package main

import (
	"context"
	_ "embed" // the sample organisation
	"fmt"
	"strings"

	"github.com/tocsinhq/tocsin/bot/slacksim"
	"github.com/tocsinhq/tocsin/incident/organisation"
)

//go:embed demo_organisation.yaml
var sampleOrganisation string

// applySample makes the organisation of the database the sample one, with the
// members of a simulated workspace. One that is there already stays.
func applySample(ctx context.Context, a *App, w *slacksim.Workspace) error {
	applier := &organisation.Applier{Pool: a.parts.Pool, Contacts: a.Paging}
	there, err := applier.Export(ctx)
	if err != nil || len(there.People) > 0 {
		return err
	}
	if _, err := applier.Apply(ctx, "demo_organisation.yaml", []byte(sampleFor(w))); err != nil {
		return fmt.Errorf("apply the sample organisation: %w", err)
	}
	return nil
}

// sampleFor is the sample organisation with the workspace's members filled in.
func sampleFor(w *slacksim.Workspace) string {
	var ids []string
	for _, c := range cast {
		ids = append(ids, "{{."+c.name+"}}", w.Person(c.name).ID)
	}
	return strings.NewReplacer(ids...).Replace(sampleOrganisation)
}
