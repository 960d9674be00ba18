// Command check is the one gate for people and for CI: it installs what is
// missing where it can, then runs formatting, vet, linters, architecture tests
// and all tests on SQLite and on a throw-away PostgreSQL, in a real browser and
// against an independent ActivityPub peer. It says what it ran, and leaves out
// nothing silently.
//
//	go run ./deploy/check [-short] [-race]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The linters' versions: pinned, so that a gate that was green stays green.
const staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"

// gate is one run of the check.
type gate struct {
	ctx   context.Context
	root  string
	env   []string
	short bool
	race  bool
	lines []string
	bad   int
}

func main() {
	short := flag.Bool("short", false, "leave out PostgreSQL, the browser, the independent peer, the race detector and the linter that is fetched (told at the end)")
	race := flag.Bool("race", false, "run all tests with the race detector, not only those of what happens at once")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "check: unknown argument %q\n", flag.Arg(0))
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root, err := moduleRoot()
	if err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(1)
	}
	g := &gate{ctx: ctx, root: root, env: os.Environ(), short: *short, race: *race}
	g.run()
	if g.bad > 0 {
		os.Exit(1)
	}
}

// run goes through all steps; a failed one does not hide the next.
func (g *gate) run() {
	began := time.Now()
	g.step("formatting (gofmt)", g.format)
	g.step("module files (go mod verify)", func() (string, error) { return g.cmd("go", "mod", "verify") })
	g.step("build", func() (string, error) { return g.cmd("go", "build", "./...") })
	g.step("vet", func() (string, error) { return g.cmd("go", "vet", "./...") })
	if g.short {
		g.left("staticcheck, PostgreSQL, Chromium, the independent peer and the race detector (-short)")
	} else {
		g.step("staticcheck", func() (string, error) { return g.cmd("go", "run", staticcheck, "./...") })
		stop := g.services()
		defer stop()
	}
	g.step("tests", g.tests)
	if !g.short && !g.race {
		g.step("tests of what happens at once, with the race detector", g.races)
	}
	g.summary(time.Since(began))
}

// services starts or finds what the tests need and names it in the environment.
// What cannot be had is a failure, told by the tests that need it.
func (g *gate) services() func() {
	stop := func() {}
	g.step("PostgreSQL server (throw-away)", func() (string, error) {
		if err := g.need("PostgreSQL", "postgresql", postgresBin); err != nil {
			return "", err
		}
		url, s, err := startPostgres(g.ctx)
		if err != nil {
			return "", err
		}
		stop = s
		g.env = append(g.env, "SAPHAN_TEST_POSTGRES="+url)
		return "", nil
	})
	g.step("Chromium", func() (string, error) {
		if err := g.need("Chromium", "chromium fonts-thai-tlwg", chromium); err != nil {
			return "", err
		}
		path, err := chromium()
		g.env = append(g.env, "SAPHAN_TEST_CHROMIUM="+path)
		return "", err
	})
	g.step("independent peer (npm packages)", g.peer)
	g.env = append(g.env, "SAPHAN_TEST_POSTGRES_REQUIRED=1", "SAPHAN_TEST_CHROMIUM_REQUIRED=1", "SAPHAN_TEST_PEER_REQUIRED=1")
	return func() { stop() }
}

// peer installs the npm packages of the independent ActivityPub peer.
func (g *gate) peer() (string, error) {
	if _, err := exec.LookPath("npm"); err != nil {
		if err := g.apt("nodejs npm"); err != nil {
			return "", err
		}
	}
	c := exec.CommandContext(g.ctx, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	c.Dir = filepath.Join(g.root, "deploy", "peer")
	out, err := c.CombinedOutput()
	g.env = append(g.env, "SAPHAN_TEST_PEER=1")
	return string(out), err
}

func (g *gate) tests() (string, error) {
	args := []string{"test", "-timeout", "30m"}
	if g.short {
		args = append(args, "-short")
	}
	if !g.race {
		return g.cmd("go", append(args, "./...")...)
	}
	if err := g.detector(); err != nil {
		return "", err
	}
	return g.cmd("go", append(args, "-race", "./...")...)
}

func (g *gate) format() (string, error) {
	out, err := g.cmd("gofmt", "-l", ".")
	if err == nil && strings.TrimSpace(out) != "" {
		return out, fmt.Errorf("files are not formatted")
	}
	return out, err
}

func (g *gate) cmd(name string, args ...string) (string, error) {
	c := exec.CommandContext(g.ctx, name, args...)
	c.Dir, c.Env = g.root, g.env
	out, err := c.CombinedOutput()
	return string(out), err
}

func (g *gate) step(name string, f func() (string, error)) {
	began := time.Now()
	fmt.Printf("== %s\n", name)
	out, err := f()
	took := time.Since(began).Round(100 * time.Millisecond)
	if err != nil {
		g.bad++
		fmt.Println(strings.TrimSpace(out))
		fmt.Printf("   FAILED: %v\n", err)
		g.lines = append(g.lines, fmt.Sprintf("FAILED  %-40s %s", name, took))
		return
	}
	g.lines = append(g.lines, fmt.Sprintf("ok      %-40s %s", name, took))
}

func (g *gate) left(what string) { g.lines = append(g.lines, "left out "+what) }

func (g *gate) summary(took time.Duration) {
	fmt.Println("\nWhat was run:")
	for _, l := range g.lines {
		fmt.Println("  " + l)
	}
	fmt.Printf("%d failed, %s in all\n", g.bad, took.Round(time.Second))
}

// moduleRoot is the folder of go.mod, seen from where the command was started.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if mod == "" || mod == os.DevNull {
		return "", fmt.Errorf("start it inside the module")
	}
	return filepath.Dir(mod), nil
}
