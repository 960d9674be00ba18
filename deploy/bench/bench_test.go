// Package bench measures what the network promises about speed. Run it by hand:
//
//	go test -run='^$' -bench=. -benchtime=10x ./deploy/bench
//
// Nothing here fails on a slow machine; figures are for people to compare.
package bench

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/deploy/network"
	nodeapp "github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// BenchmarkDemoCold starts the whole demo from nothing: four servers, registers
// taken in, members joined, referrals under way.
func BenchmarkDemoCold(b *testing.B) {
	for b.Loop() {
		n, err := network.Start(b.Context(), network.Options{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := n.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkNodeStart starts one node on a database that is there, until its first answer.
func BenchmarkNodeStart(b *testing.B) {
	cfg := nodeapp.Config{BaseURL: "http://127.0.0.1:1", DataDir: b.TempDir()}
	first, err := nodeapp.New(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	if err := first.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n, err := nodeapp.New(b.Context(), cfg)
		if err != nil {
			b.Fatal(err)
		}
		w := &answer{header: http.Header{}}
		r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://127.0.0.1:1/login", nil)
		if err != nil {
			b.Fatal(err)
		}
		n.Handler().ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatalf("the first answer is %d", w.status)
		}
		b.StopTimer()
		if err := n.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

type answer struct {
	header http.Header
	status int
}

func (a *answer) Header() http.Header { return a.header }
func (a *answer) WriteHeader(s int)   { a.status = s }
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return len(p), nil
}

// BenchmarkReferral takes one referral from the approver's yes to the other
// organisation's inbox, over HTTP with signatures, and back to the sender's
// "it has arrived". ns/op is the way there and back; the rest is outside the clock.
func BenchmarkReferral(b *testing.B) {
	n, err := network.Start(b.Context(), network.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = n.Close() })
	ctx := b.Context()
	north, labour := n.Server("chiangrai"), n.Server("samutsakhon")
	worker, err := north.As(ctx, "caseworker")
	if err != nil {
		b.Fatal(err)
	}
	supervisor, err := north.As(ctx, "supervisor")
	if err != nil {
		b.Fatal(err)
	}
	open, err := north.Node.Cases.List(ctx, worker, casework.Filter{Status: casework.StatusOpen, Mine: true})
	if err != nil || len(open.Items) == 0 {
		b.Fatal("no open case", err)
	}
	s := north.Node.Sender
	for b.Loop() {
		b.StopTimer()
		id, err := s.Draft(ctx, worker, open.Items[0].ID, referral.Form{Kind: "service", Urgency: "normal", Purpose: "legal_help",
			Needs: []string{"interpretation"}, Target: labour.Actor})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Submit(ctx, worker, id); err != nil {
			b.Fatal(err)
		}
		v, err := s.Show(ctx, supervisor, id)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := s.Approve(ctx, supervisor, id, v.Fresh.SHA256); err != nil {
			b.Fatal(err)
		}
		for arrived := false; !arrived; {
			r, err := s.Store.Get(ctx, id)
			if err != nil {
				b.Fatal(err)
			}
			arrived = r.State == referral.StateDelivered
		}
	}
}

// BenchmarkIdleNode reports the resident memory of one idle node on a fresh
// database, and the size of its stripped binary.
func BenchmarkIdleNode(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "node")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, "github.com/saphan-network/saphan/node")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v %s", err, out)
	}
	st, err := os.Stat(bin)
	if err != nil {
		b.Fatal(err)
	}
	var rss int
	for b.Loop() {
		rss = idle(b, bin)
	}
	b.ReportMetric(float64(rss)/1024, "MB-resident")
	b.ReportMetric(float64(st.Size())/1e6, "MB-binary")
}

// idle runs a node until it serves and returns its resident memory in KiB.
func idle(b *testing.B, bin string) int {
	dir := b.TempDir()
	if out, err := exec.Command(bin, "init", "--base-url", "http://127.0.0.1:1", "--data-dir", dir).CombinedOutput(); err != nil {
		b.Fatalf("%v %s", err, out)
	}
	pid, stop := serving(b, bin, dir, "127.0.0.1:0")
	defer stop()
	return resident(b, pid)
}

// serving starts a node that init has set up and returns when it serves. What it
// says after that is thrown away.
func serving(b *testing.B, bin, dir, listen string) (pid int, stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	c := exec.CommandContext(ctx, bin, "serve", "--data-dir", dir, "--listen", listen, "--admin-listen", "")
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	stderr, err := c.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	buf, said := make([]byte, 4096), ""
	for !strings.Contains(said, `"serving"`) {
		k, err := stderr.Read(buf)
		if err != nil {
			b.Fatalf("%v %s", err, said)
		}
		said += string(buf[:k])
	}
	read := make(chan struct{})
	go func() { defer close(read); _, _ = io.Copy(io.Discard, stderr) }()
	return c.Process.Pid, func() { cancel(); <-read; _ = c.Wait() }
}
