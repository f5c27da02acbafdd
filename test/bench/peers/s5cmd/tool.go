//go:build tool

// Package s5cmd keeps the program in go.mod.
package s5cmd

import _ "github.com/peak/s5cmd/v2"
