package main

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// atOnce are the packages that do several things at the same time; of those that
// are slow for other reasons, only the tests that the pattern names.
var atOnce = []struct{ run, packages string }{
	{"", "./federation/delivery ./federation/inbox ./federation/mailbox ./federation/sign ./node/chassis/audit ./node/chassis/cli " +
		"./node/chassis/database ./node/chassis/jobs ./node/chassis/vault ./web/ginweb"},
	{"AtOnce|AtTheSameMoment|SameKey|Links", "./policies ./node/internal/exchange ./node/internal/store/casestore ./node/chassis/account"},
}

// races runs them under the race detector.
func (g *gate) races() (string, error) {
	if err := g.detector(); err != nil {
		return "", err
	}
	var out strings.Builder
	var errs []error
	for _, a := range atOnce {
		args := []string{"test", "-race", "-timeout", "30m"}
		if a.run != "" {
			args = append(args, "-run", a.run)
		}
		text, err := g.cmd("go", append(args, strings.Fields(a.packages)...)...)
		out.WriteString(text)
		errs = append(errs, err)
	}
	return out.String(), errors.Join(errs...)
}

// detector makes sure that Go can build with the race detector, which is written in C.
func (g *gate) detector() error {
	if err := g.need("a C compiler", "gcc libc6-dev", func() (string, error) { return exec.LookPath("gcc") }); err != nil {
		return fmt.Errorf("the race detector needs gcc: %w", err)
	}
	g.env = append(g.env, "CGO_ENABLED=1")
	return nil
}
