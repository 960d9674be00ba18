package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestNoCompilerIsToldByName(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	g := &gate{ctx: t.Context()}
	if _, err := g.races(); err == nil || !strings.Contains(err.Error(), "the race detector needs gcc") || !strings.Contains(err.Error(), "could not be installed") {
		t.Error(err)
	}
	g.race = true
	if _, err := g.tests(); err == nil || !strings.Contains(err.Error(), "the race detector needs gcc") {
		t.Error(err)
	}
}

// A package or a test that has gone must not make the step empty.
func TestWhatHappensAtOnceIsThere(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{ctx: t.Context(), root: root}
	for _, a := range atOnce {
		for _, p := range strings.Fields(a.packages) {
			if out, err := g.cmd("go", "list", p); err != nil {
				t.Errorf("%s: %s", p, out)
			}
			if a.run == "" {
				continue
			}
			files, err := filepath.Glob(filepath.Join(root, p, "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, f := range files {
				text, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				found = found || regexp.MustCompile(`(?m)^func Test\w*(`+a.run+`)`).Match(text)
			}
			if !found {
				t.Errorf("%s has no test like %s", p, a.run)
			}
		}
	}
}
