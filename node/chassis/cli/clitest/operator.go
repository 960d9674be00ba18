// Package clitest plays a person at the terminal of one machine, for the tests of
// the programs hub and node, and the life of a server that both have in common.
package clitest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/node/chassis/cli"
)

// patience bounds the wait for a server to begin.
const patience = 20 * time.Second

// Operator plays a person at the terminal of one machine.
type Operator struct {
	T       *testing.T
	Program cli.Program
	Dir     string // data folder
	Base    string // base URL
	Env     []string
	In      string // what is typed into a command
}

// New returns an operator with an empty folder and free ports.
func New(t *testing.T, p cli.Program) *Operator {
	t.Helper()
	at := FreePort(t)
	return &Operator{T: t, Program: p, Dir: filepath.Join(t.TempDir(), "data"), Base: "http://" + at,
		Env: []string{p.Spec.Prefix + "LISTEN=" + at, p.Spec.Prefix + "ADMIN_LISTEN=" + FreePort(t)}}
}

// At returns the same operator with another data folder.
func (o *Operator) At(dir string) *Operator {
	other := *o
	other.Dir = dir
	return &other
}

// FreePort returns an address on which nobody listens.
func FreePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// Shell is the operator's terminal in a language.
func (o *Operator) Shell(out, errs io.Writer, lang string) *cli.Shell {
	env := append(append([]string{}, o.Env...), o.Program.Spec.Prefix+"DATA_DIR="+o.Dir)
	return &cli.Shell{Program: o.Program, In: strings.NewReader(o.In), Out: out, Err: errs, Lang: lang, Env: env, Now: time.Now}
}

// Run types a command, wants its exit code, and returns what it printed.
func (o *Operator) Run(want int, args ...string) (out, errs string) {
	o.T.Helper()
	var a, b bytes.Buffer
	if got := o.Shell(&a, &b, "en").Execute(context.Background(), args); got != want {
		o.T.Fatalf("%v: exit %d, want %d\n%s%s", args, got, want, a.String(), b.String())
	}
	if want != 0 && b.Len() == 0 {
		o.T.Fatalf("%v: exit %d without a word", args, want)
	}
	return a.String(), b.String()
}

// Read runs a command with --json and reads what it prints.
func (o *Operator) Read(v any, want int, args ...string) {
	o.T.Helper()
	out, _ := o.Run(want, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), v); err != nil {
		o.T.Fatalf("%v: %v\n%s", args, err, out)
	}
}

// File writes a file for a command to read.
func (o *Operator) File(name, body string) string {
	o.T.Helper()
	path := filepath.Join(o.T.TempDir(), name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		o.T.Fatal(err)
	}
	return path
}

// Serve runs the server until the returned function is called.
func (o *Operator) Serve() (stop func()) {
	o.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	done, up := make(chan int, 1), make(chan struct{})
	go func() {
		for sc := bufio.NewScanner(r); sc.Scan(); {
			if strings.Contains(sc.Text(), `"serving"`) {
				close(up)
			}
		}
	}()
	go func() {
		done <- o.Shell(io.Discard, w, "en").Execute(ctx, []string{"serve"})
		_ = w.Close()
	}()
	select {
	case <-up:
	case c := <-done:
		cancel()
		o.T.Fatalf("serve ended with %d", c)
	case <-time.After(patience):
		cancel()
		o.T.Fatal("serve does not begin")
	}
	return func() {
		cancel()
		if c := <-done; c != 0 {
			o.T.Errorf("serve ended with %d", c)
		}
	}
}

// Browser is a browser without a session that follows no redirects.
func Browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Status opens a page, or sends a form if there is one, and returns the status.
func (o *Operator) Status(c *http.Client, path string, form url.Values) int {
	o.T.Helper()
	req, err := http.NewRequestWithContext(o.T.Context(), http.MethodGet, o.Base+path, nil)
	if form != nil {
		req, err = http.NewRequestWithContext(o.T.Context(), http.MethodPost, o.Base+path, strings.NewReader(form.Encode()))
	}
	if err != nil {
		o.T.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(req)
	if err != nil {
		o.T.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}
