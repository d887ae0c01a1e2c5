package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/tocsinhq/tocsin/bot"
)

type manifestCommand struct {
	Name string `name:"app-name" default:"Tocsin" help:"Name of the app in Slack, at most 35 characters."`
	JSON bool   `help:"Print JSON instead of YAML."`
}

// Run prints the app manifest that Slack's page "Create an app from a manifest"
// takes, for the slash command of the settings.
func (c manifestCommand) Run(p *process) error {
	if err := p.config.Validate("manifest"); err != nil {
		return err
	}
	text, err := json.MarshalIndent(bot.Manifest(p.config.Command, c.Name), "", "  ")
	if err != nil {
		return fmt.Errorf("encode the manifest: %w", err)
	}
	text = append(text, '\n')
	if !c.JSON {
		if text, err = yamlOf(text); err != nil {
			return err
		}
	}
	_, err = p.out.Write(text)
	return err
}

// yamlOf writes a JSON document as YAML, with its keys in the same order.
func yamlOf(document []byte) ([]byte, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(document, &node); err != nil {
		return nil, fmt.Errorf("read JSON as YAML: %w", err)
	}
	unstyled(&node)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}
	return out.Bytes(), nil
}

// unstyled drops braces and quotes; the encoder puts quotes where YAML needs them.
func unstyled(n *yaml.Node) {
	n.Style = 0
	for _, child := range n.Content {
		unstyled(child)
	}
}
