package main

import (
	"fmt"
	"os"
)

// playedOrganisation reads an organisation of the plays.
func playedOrganisation(name string) (string, error) {
	text, err := os.ReadFile("testdata/organisations/" + name + ".yaml")
	if err != nil {
		return "", fmt.Errorf("read organisation: %w", err)
	}
	return string(text), nil
}
