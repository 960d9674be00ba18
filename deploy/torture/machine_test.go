package torture_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds every single wait for a process or for a page.
const patience = 90 * time.Second

// machine is one server on a machine of its own: a folder, settings, and the
// process that runs there, if one does.
type machine struct {
	t       *testing.T
	name    string
	program string
	dir     string
	base    string
	actor   string
	env     []string
	said    *said
	cmd     *exec.Cmd
	gone    chan struct{} // closed when the process has ended
	starts  int
}

// said keeps all that the processes of one machine say.
type said struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

// build makes both programs once, as a release would be made.
func build(t *testing.T) (hub, node string) {
	t.Helper()
	// What is walked over, go test takes note of: without this it would answer
	// from its cache although the programs have changed.
	for _, part := range []string{"hub", "node", "federation", "policies", "web"} {
		if err := filepath.WalkDir("../../"+part, func(_ string, _ fs.DirEntry, err error) error { return err }); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", dir+string(filepath.Separator), "../../hub", "../../node")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return filepath.Join(dir, "hub"), filepath.Join(dir, "node")
}

// freePorts returns n addresses that nobody uses, below those that the system
// gives to outgoing connections: a server must get its own back after its death.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var out []string
	for port := 23000 + os.Getpid()%4000; len(out) < n && port < 32000; port++ {
		at := fmt.Sprintf("127.0.0.1:%d", port)
		if l, err := net.Listen("tcp", at); err == nil {
			_ = l.Close()
			out = append(out, at)
		}
	}
	if len(out) < n {
		t.Fatal("no free ports")
	}
	return out
}

// newMachine makes an empty one. db is its database URL, "" for SQLite in its folder.
func newMachine(t *testing.T, name, program, at, admin, db string) *machine {
	t.Helper()
	m := &machine{t: t, name: name, program: program, dir: filepath.Join(t.TempDir(), name), base: "http://" + at, said: &said{}}
	prefix, path := "SAPHAN_NODE_", "/ap/org"
	if name == "hub" {
		prefix, path = "SAPHAN_HUB_", "/ap/network"
	}
	m.actor = m.base + path
	m.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + m.dir, "LANG=en_US.UTF-8", prefix + "LISTEN=" + at, prefix + "ADMIN_LISTEN=" + admin,
		prefix + "DATA_DIR=" + m.dir, prefix + "FEDERATION_ALLOW_PRIVATE=true", prefix + "ORG_NAME=" + organisation(name)}
	if db != "" {
		m.env = append(m.env, prefix+"DATABASE_URL="+db)
	}
	t.Cleanup(m.kill)
	return m
}

func organisation(name string) string { return "องค์กรสาธิต " + name }

// order runs a command to its end, wants its exit code, and returns what it printed.
func (m *machine) order(want int, args ...string) string {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), patience)
	defer cancel()
	code, out := m.run(ctx, args...)
	if code != want {
		m.t.Fatalf("%s %v: exit %d, want %d\n%s", m.name, args, code, want, m.said.tail())
	}
	return out
}

// run runs a command until it or ctx ends; then it is killed, and the code is -1.
func (m *machine) run(ctx context.Context, args ...string) (code int, out string) {
	var b bytes.Buffer
	cmd := exec.CommandContext(ctx, m.program, args...) //nolint:gosec // the program that this test has built
	cmd.Env, cmd.Stdout, cmd.Stderr = m.env, io.MultiWriter(&b, m.said), m.said
	_ = cmd.Run() // the exit code says it
	return cmd.ProcessState.ExitCode(), b.String()
}

// ask runs a command with --json and reads what it prints.
func (m *machine) ask(v any, want int, args ...string) {
	m.t.Helper()
	out := m.order(want, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), v); err != nil {
		m.t.Fatalf("%s %v: %v\n%s", m.name, args, err, out)
	}
}

// tail is the end of what was said, for a failure.
func (s *said) tail() string {
	all := s.String()
	return all[max(0, len(all)-3000):]
}

// start runs the server and returns when it serves.
func (m *machine) start() {
	m.t.Helper()
	if m.alive() {
		return
	}
	cmd := exec.Command(m.program, "serve") //nolint:gosec // the program that this test has built
	cmd.Env, cmd.Dir = m.env, m.dir
	errs, err := cmd.StderrPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	up, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		serving := false
		for sc := bufio.NewScanner(errs); sc.Scan(); {
			_, _ = m.said.Write(append(sc.Bytes(), '\n'))
			if !serving && strings.Contains(sc.Text(), `"serving"`) {
				serving = true
				close(up)
			}
		}
		_ = cmd.Wait() // it is killed, so there is always an error
	}()
	m.cmd, m.gone = cmd, gone
	m.starts++
	select {
	case <-up:
	case <-gone:
		m.t.Fatalf("%s does not start:\n%s", m.name, m.said.tail())
	case <-time.After(patience):
		m.t.Fatalf("%s does not begin to serve:\n%s", m.name, m.said.tail())
	}
}

func (m *machine) alive() bool {
	if m.cmd == nil {
		return false
	}
	select {
	case <-m.gone:
		return false
	default:
		return true
	}
}

// kill ends the process as a failing machine would, without a word.
func (m *machine) kill() {
	if m.cmd == nil {
		return
	}
	_ = m.cmd.Process.Kill() // it may have ended
	<-m.gone
	m.cmd = nil
}
