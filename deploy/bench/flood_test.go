package bench

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/sign"
	nodeapp "github.com/saphan-network/saphan/node/app"
)

// floodSize is how many bad requests a flood has, and floodWidth on how many
// connections they come.
const floodSize, floodWidth = 100_000, 8

// BenchmarkFlood runs a node as a process of its own and lets one honest member send
// offers, one after the other: alone, beside a flood of as many good requests to a
// bare net/http server on the same machine (the limit: nothing is refused faster),
// and beside 100,000 bad requests: unsigned, signed with keys that nobody knows,
// signed badly in the member's own name, too large, not JSON at all. The flooder is
// on the same cores as the server. p99-alone, p99-bare and p99-flood are the
// member's; p99-ratio compares flood and alone, p99-x-bare flood and bare; MB-grown is
// what the node's resident memory has grown by from before the flood to its end.
func BenchmarkFlood(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		node := startNode(b)
		alone := p99(node.honest(b, func() bool { return false }, 400))
		bare, _ := underFlood(b, node, strings.TrimPrefix(bareServer(b), "http://"))
		before := resident(b, node.pid)
		b.StartTimer()
		flooded, answers := underFlood(b, node, strings.TrimPrefix(node.to.URL, "http://"))
		b.StopTimer()
		grown := resident(b, node.pid) - before
		b.ReportMetric(alone.Seconds()*1000, "p99-alone-ms")
		b.ReportMetric(bare.Seconds()*1000, "p99-bare-ms")
		b.ReportMetric(flooded.Seconds()*1000, "p99-flood-ms")
		b.ReportMetric(float64(flooded)/float64(alone), "p99-ratio")
		b.ReportMetric(float64(flooded)/float64(bare), "p99-x-bare")
		b.ReportMetric(float64(grown)/1024, "MB-grown")
		b.ReportMetric(answers, "refused/s")
		node.stop()
		b.StartTimer()
	}
}

// process is a node that runs by itself, with a member whose key we have.
type process struct {
	to   *network.Server
	key  *sign.Key
	pid  int
	seq  int64
	stop func()
}

func startNode(b *testing.B) *process {
	bin, dir := filepath.Join(b.TempDir(), "node"), b.TempDir()
	if out, err := exec.Command("go", "build", "-trimpath", "-o", bin, "github.com/saphan-network/saphan/node").CombinedOutput(); err != nil {
		b.Fatalf("%v %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	at := l.Addr().String()
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	base := "http://" + at
	if out, err := exec.Command(bin, "init", "--base-url", base, "--data-dir", dir).CombinedOutput(); err != nil {
		b.Fatalf("%v %s", err, out)
	}
	app, err := nodeapp.New(b.Context(), nodeapp.Config{BaseURL: base, DataDir: dir, Private: true})
	if err != nil {
		b.Fatal(err)
	}
	p := &process{to: &network.Server{URL: base, Actor: base + "/ap/org"}, key: pinned(b, app.Station.Mail)}
	if err := app.Close(); err != nil {
		b.Fatal(err)
	}
	p.pid, p.stop = serving(b, bin, dir, at)
	return p
}

// honest sends offers until until says so, at least n of them, and returns how long each took.
func (p *process) honest(b *testing.B, until func() bool, n int) []time.Duration {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	var took []time.Duration
	for i := 0; i < n || !until() && n == 0; i++ {
		p.seq++
		r := offer(b, p.key, p.to, p.seq)
		begun := time.Now()
		res, err := client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusAccepted {
			b.Fatalf("an honest offer was answered %d", res.StatusCode)
		}
		if i > 0 { // the first one is on a connection that nobody knows yet
			took = append(took, time.Since(begun))
		}
	}
	return took
}

// underFlood lets the member send while bad requests go to a server, and returns
// the member's p99 and how many of the others were answered a second.
func underFlood(b *testing.B, p *process, host string) (time.Duration, float64) {
	bad := badRequests(b, p)
	var left atomic.Int64
	left.Store(floodSize)
	var wg sync.WaitGroup
	begun := time.Now()
	for range floodWidth {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := left.Add(-1); i >= 0; i = left.Add(-1) {
				k := bad[int(i)%len(bad)]
				r, err := http.NewRequest(http.MethodPost, "http://"+host+"/inbox", bytes.NewReader(k.body))
				if err != nil {
					b.Error(err)
					return
				}
				r.Header = k.header
				res, err := client.Do(r)
				if err != nil {
					continue // too large: the server may hang up while we write
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				if res.StatusCode < 400 && host == strings.TrimPrefix(p.to.URL, "http://") {
					b.Errorf("a bad request was answered %d", res.StatusCode)
				}
			}
		})
	}
	took := p.honest(b, func() bool { return left.Load() <= 0 }, 0)
	wg.Wait()
	return p99(took), floodSize / time.Since(begun).Seconds()
}

type badRequest struct {
	header http.Header
	body   []byte
}

func badRequests(b *testing.B, p *process) []badRequest {
	stranger, err := sign.NewKey("http://127.0.0.1:2/ap/org#main-key")
	if err != nil {
		b.Fatal(err)
	}
	forger, err := sign.NewKey(p.key.ID())
	if err != nil {
		b.Fatal(err)
	}
	var out []badRequest
	add := func(k *sign.Key, change func(h http.Header), body []byte) {
		r := offer(b, k, p.to, 1)
		whole, err := io.ReadAll(r.Body)
		if err != nil {
			b.Fatal(err)
		}
		if body != nil {
			whole = body
		}
		change(r.Header)
		out = append(out, badRequest{r.Header, whole})
	}
	same := func(http.Header) {}
	add(stranger, same, nil)
	add(forger, same, nil)
	add(stranger, func(h http.Header) { h.Del("Signature") }, nil)
	add(stranger, func(h http.Header) { h.Set("Content-Type", "text/html") }, nil)
	add(forger, same, bytes.Repeat([]byte("["), 20_000))
	add(p.key, same, bytes.Repeat([]byte("x"), federation.MaxBody)) // not what was signed
	add(forger, func(h http.Header) { h.Set("Signature", strings.Repeat("x", 4000)) }, nil)
	add(stranger, func(h http.Header) { h.Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT") }, nil)
	return out
}

func bareServer(b *testing.B) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })}
	go func() { _ = s.Serve(l) }()
	b.Cleanup(func() { _ = s.Close() })
	return "http://" + l.Addr().String()
}

func p99(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)*99/100]
}

// resident is the memory of a process, in KiB.
func resident(b *testing.B, pid int) int {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		b.Fatal(err)
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			kib, err := strconv.Atoi(f[1])
			if err != nil {
				b.Fatal(err)
			}
			return kib
		}
	}
	b.Fatal("no VmRSS in /proc")
	return 0
}
