package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// readers is how many connections read at the same time.
const readers = 16

// BenchmarkActor asks a running node for its actor, signed as members ask, and then
// a bare net/http server for the same bytes: x-bare is how many times longer the
// node takes. The client does next to nothing, but it is on the same cores.
func BenchmarkActor(b *testing.B) {
	to, key, stop := oneMember(b, "sqlite")
	defer stop()
	request := signedGet(b, key, to.Actor)
	res, err := http.ReadResponse(bufio.NewReader(dialled(b, to, request)), nil)
	if err != nil {
		b.Fatal(err)
	}
	doc, err := io.ReadAll(res.Body)
	if err = firstOf(err, res.Body.Close()); err != nil || res.StatusCode != http.StatusOK {
		b.Fatal(res.Status, err)
	}
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", federation.MediaType)
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(doc)
	}))
	defer bare.Close()
	b.ResetTimer()
	used := cpu()
	ours := read(b, strings.TrimPrefix(to.URL, "http://"), b.N, func(int) []byte { return request })
	b.StopTimer()
	b.ReportMetric(float64((cpu()-used).Microseconds())/float64(b.N), "cpu-us/op")
	theirs := read(b, strings.TrimPrefix(bare.URL, "http://"), b.N, func(int) []byte { return request })
	b.ReportMetric(float64(b.N)/ours.Seconds(), "reads/s")
	b.ReportMetric(float64(b.N)/theirs.Seconds(), "bare/s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-bare")
}

// BenchmarkGuardedRead asks a running node for an activity that is addressed to
// the asker, each time with a fresh signature. x-limit compares it with the same
// bytes from a bare net/http server and one bare verification together.
func BenchmarkGuardedRead(b *testing.B) {
	for name, db := range databases() {
		b.Run(name, func(b *testing.B) {
			to, key, stop := oneMember(b, throwAway(b, db))
			defer stop()
			res, err := new(http.Client).Do(offer(b, key, to, 1))
			if err != nil {
				b.Fatal(err)
			}
			if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusAccepted {
				b.Fatal(res.Status, err)
			}
			waiting, err := to.Node.Station.Mail.Queue(b.Context(), strings.TrimSuffix(key.ID(), "#main-key"))
			if err != nil || len(waiting) != 1 {
				b.Fatal("no receipt", err)
			}
			item, err := to.Node.Station.Mail.Item(b.Context(), waiting[0].ActivityID)
			if err != nil {
				b.Fatal(err)
			}
			requests := make([][]byte, b.N)
			for i := range requests {
				requests[i] = signedGet(b, key, item.ActivityID)
			}
			bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(item.Body) }))
			defer bare.Close()
			b.ResetTimer()
			ours := read(b, strings.TrimPrefix(to.URL, "http://"), b.N, func(i int) []byte { return requests[i] })
			b.StopTimer()
			theirs := read(b, strings.TrimPrefix(bare.URL, "http://"), b.N, func(i int) []byte { return requests[i] })
			limit := theirs + time.Duration(b.N)*bareVerify(b, key, to)
			b.ReportMetric(float64(b.N)/ours.Seconds(), "reads/s")
			b.ReportMetric(ours.Seconds()/limit.Seconds(), "x-limit")
		})
	}
}

// oneMember is a running network of one node, with a member whose key we have.
func oneMember(b *testing.B, at string) (*network.Server, *sign.Key, func()) {
	n, err := network.Start(b.Context(), network.Options{Dir: b.TempDir(), Members: 1, Bare: true, Database: at})
	if err != nil {
		b.Fatal(err)
	}
	to := n.Server("chiangrai")
	return to, pinned(b, to.Node.Station.Mail), func() { _ = n.Close() }
}

// pinned makes a member known to a node, to which nothing is sent.
func pinned(b *testing.B, mail *mailbox.Store) *sign.Key {
	key, err := sign.NewKey("http://127.0.0.1:1/ap/org#main-key")
	if err != nil {
		b.Fatal(err)
	}
	peer := federation.Member{Actor: "http://127.0.0.1:1/ap/org", Name: "แรงดัน", Inbox: "http://127.0.0.1:1/inbox", KeyID: key.ID(),
		PublicKeyPEM: key.PublicPEM(), Tier: "full", State: "active"}
	if err := mail.SavePeer(b.Context(), mailbox.Peer{Role: mailbox.RoleMember, Member: peer}); err != nil {
		b.Fatal(err)
	}
	if err := mail.Pause(b.Context(), peer.Actor, "bench"); err != nil { // nobody is there to hear the answers
		b.Fatal(err)
	}
	return key
}

// signedGet is a request as it goes over the wire.
func signedGet(b *testing.B, key *sign.Key, iri string) []byte {
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, iri, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept", federation.MediaType)
	if err := key.Sign(r, nil, time.Now()); err != nil {
		b.Fatal(err)
	}
	return wire(b, r)
}

// dialled is a new connection to a server on which a request was sent.
func dialled(b *testing.B, to *network.Server, request []byte) net.Conn {
	c, err := net.Dial("tcp", strings.TrimPrefix(to.URL, "http://"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	if _, err := c.Write(request); err != nil {
		b.Fatal(err)
	}
	return c
}

func wire(b *testing.B, r *http.Request) []byte {
	var buf bytes.Buffer
	if err := r.Write(&buf); err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}

// read sends n requests over some connections, each after the answer to the one
// before, and returns how long it took. All answers are as long as the first.
func read(b *testing.B, host string, n int, request func(i int) []byte) time.Duration {
	var next atomic.Int64
	var wg sync.WaitGroup
	begun := time.Now()
	for range readers {
		wg.Go(func() {
			c, err := net.Dial("tcp", host)
			if err != nil {
				b.Error(err)
				return
			}
			defer func() { _ = c.Close() }()
			in := &counting{r: c}
			from := bufio.NewReader(in)
			length := 0
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if _, err := c.Write(request(i)); err != nil {
					b.Error(err)
					return
				}
				if length == 0 {
					length, err = first(from, in)
				} else {
					_, err = from.Discard(length)
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(begun)
}

// first reads one whole answer and returns how many bytes it had.
func first(from *bufio.Reader, in *counting) (int, error) {
	res, err := http.ReadResponse(from, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	if err = firstOf(err, res.Body.Close()); err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered %s", res.Status)
	}
	return in.n - from.Buffered(), err
}

type counting struct {
	r io.Reader
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
