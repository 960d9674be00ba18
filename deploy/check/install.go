package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
)

// need installs Debian packages when find does not find the program.
func (g *gate) need(what, packages string, find func() (string, error)) error {
	if _, err := find(); err == nil {
		return nil
	}
	fmt.Printf("   installing %s (%s)\n", what, packages)
	if err := g.apt(packages); err != nil {
		return fmt.Errorf("%s is missing and could not be installed: %w", what, err)
	}
	_, err := find()
	return err
}

func (g *gate) apt(packages string) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("run as root, or install by hand: apt-get install %s", packages)
	}
	args := append([]string{"install", "-y", "--no-install-recommends"}, strings.Fields(packages)...)
	for _, a := range [][]string{{"update"}, args} {
		c := exec.CommandContext(g.ctx, "apt-get", a...)
		c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := c.CombinedOutput(); err != nil {
			tail := string(out)
			if len(tail) > 800 {
				tail = tail[len(tail)-800:]
			}
			return fmt.Errorf("apt-get %s: %w\n%s", a[0], err, tail)
		}
	}
	return nil
}

func chromium() (string, error) {
	for _, n := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(n); err == nil {
			return p, nil
		}
	}
	return "", errors.New("no Chromium found")
}

// postgresBin is the folder that holds initdb and postgres.
func postgresBin() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	sort.Sort(sort.Reverse(sort.StringSlice(dirs)))
	if p, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, d := range dirs {
		if _, err := os.Stat(filepath.Join(d, "initdb")); err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(d, "postgres")); err == nil {
			return d, nil
		}
	}
	return "", errors.New("no PostgreSQL server found")
}

// startPostgres runs a server with data of its own on a free loopback port. It
// ends, and its data go, when the returned function is called.
func startPostgres(ctx context.Context) (string, func(), error) {
	bin, err := postgresBin()
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "saphan-check-")
	if err != nil {
		return "", nil, err
	}
	attr, err := plainUser(dir)
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	run := func(name string, args ...string) error {
		c := exec.CommandContext(ctx, filepath.Join(bin, name), args...)
		c.Dir, c.SysProcAttr = dir, attr
		// pg_ctl hands its output on to the server, so a pipe would never close.
		log, err := os.Create(filepath.Join(dir, name+".out"))
		if err != nil {
			return err
		}
		defer func() { _ = log.Close() }()
		c.Stdout, c.Stderr = log, log
		if err := c.Run(); err != nil {
			b, _ := os.ReadFile(log.Name()) // only to say more about the failure above
			return fmt.Errorf("%s: %w\n%s", name, err, b)
		}
		return nil
	}
	data := filepath.Join(dir, "data")
	if err := run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return "", nil, err
	}
	options := fmt.Sprintf("-p %d -k %s -h 127.0.0.1 -c max_connections=300", port, dir)
	if err := run("pg_ctl", "-D", data, "-o", options, "-l", filepath.Join(dir, "server.log"), "-w", "start"); err != nil {
		return "", nil, err
	}
	stop := func() {
		c := exec.Command(filepath.Join(bin, "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
		c.Dir, c.SysProcAttr = dir, attr
		if err := c.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "check: stopping PostgreSQL:", err)
		}
		_ = os.RemoveAll(dir)
	}
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port), stop, nil
}

// plainUser gives dir to a user who is not root, because PostgreSQL refuses root.
func plainUser(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	a, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.New("no TCP address")
	}
	return a.Port, nil
}
