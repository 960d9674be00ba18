package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/policies/redact"
)

// front is a server as serve makes it, over h.
func front(t testing.TB, h http.HandlerFunc) (address string, log *bytes.Buffer) {
	t.Helper()
	log = &bytes.Buffer{}
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = server(newMetrics().count(h), slog.New(slog.NewJSONHandler(log, nil)))
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String(), log
}

// Every way to hold a connection has an end, and headers have a size.
func TestConnectionsHaveAnEnd(t *testing.T) {
	s := server(nil, slog.New(slog.DiscardHandler))
	for name, d := range map[string]time.Duration{"headers": s.ReadHeaderTimeout, "request": s.ReadTimeout, "answer": s.WriteTimeout, "idleness": s.IdleTimeout} {
		if d <= 0 || d > 2*time.Minute {
			t.Errorf("%s: %v", name, d)
		}
	}
	if s.ReadHeaderTimeout > 10*time.Second || s.MaxHeaderBytes > 64<<10 || s.MaxHeaderBytes == 0 {
		t.Errorf("headers: %v, %d bytes", s.ReadHeaderTimeout, s.MaxHeaderBytes)
	}
	asked := 0
	at, _ := front(t, func(http.ResponseWriter, *http.Request) { asked++ })
	for name, raw := range map[string]string{
		"one long header":  "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n",
		"many headers":     "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: aaaaaaaaaaaaaaaa\r\n", 4000) + "\r\n",
		"a long address":   "GET /" + strings.Repeat("a", 64<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"a long cookie":    "GET / HTTP/1.1\r\nHost: x\r\nCookie: a=" + strings.Repeat("a", 64<<10) + "\r\n\r\n",
		"two hosts":        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		"no host":          "GET / HTTP/1.1\r\n\r\n",
		"a host with a CR": "GET / HTTP/1.1\r\nHost: x\ry\r\n\r\n",
		"two lengths":      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"an encoding":      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"no HTTP":          "\x16\x03\x01\x02\x00\x01",
		"HTTP of 1991":     "GET /\r\n\r\n",
		"an odd method":    "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		if status := raw1(t, at, raw); status < 400 || status >= 600 {
			t.Errorf("%s: %d", name, status)
		}
	}
	if asked != 0 {
		t.Errorf("a handler saw %d of them", asked)
	}
	if status := raw1(t, at, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); status != 200 || asked != 1 {
		t.Errorf("an honest one afterwards: %d", status)
	}
}

// raw1 sends bytes and returns the status of the first answer, 599 for none.
func raw1(t testing.TB, at, raw string) int {
	t.Helper()
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_, _ = io.WriteString(c, raw)
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 599
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// Methods and statuses that a stranger makes up make no labels.
func TestMetricsStayBounded(t *testing.T) {
	m := newMetrics()
	h := m.count(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for i := range 500 {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(fmt.Sprintf("X%d", i), fmt.Sprintf("/%d?%d", i, i), nil))
	}
	w := httptest.NewRecorder()
	m.admin(func() bool { return true }).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if n := strings.Count(w.Body.String(), "saphan_http_requests_total{"); n != 1 {
		t.Errorf("%d counters", n)
	}
}

// The page of the process is not on the public side, and takes no other method.
func TestAdminPagesAreReadOnly(t *testing.T) {
	h := newMetrics().admin(func() bool { return false })
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, httptest.NewRequest(method, path, nil)); w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
		}
	}
	for _, path := range []string{"/", "/debug/pprof/", "/metrics/../debug", "/livez/x"} {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil)); w.Code < 300 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// FuzzRequest: a captured request that is handed to fed verify is read, or
// refused with words of ours that quote nothing of it.
func FuzzRequest(f *testing.F) {
	f.Add([]byte("POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"))
	f.Add([]byte("GET http://a@b/ HTTP/1.0\n\n"))
	f.Add([]byte("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, raw []byte) {
		file := filepath.Join(dir, "request")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s := &Shell{In: bytes.NewReader(raw), Lang: "en"}
		for _, name := range []string{file, "-"} {
			if _, _, err := s.request(name); err != nil && code(err) != ExitUsage {
				t.Fatal(err)
			}
		}
	})
}

// FuzzRedact: anonymising any text leaves nothing of what it says it has removed.
func FuzzRedact(f *testing.F) {
	f.Add("นายสมชาย ใจดี เลขบัตร 0-0000-89000-00-5 โทร 080-000-1122 บ้านห้วยหินลาด", "สมชาย")
	f.Add("Mr. A\u200bB (x@y.example) +66 80 000 1122", "")
	f.Add("\xff๐๐๐๐๐๘๙๐๐๐๐๐๕", "\x00")
	f.Fuzz(func(t *testing.T, text, known string) {
		r := redact.Redact(text, []string{known})
		at := 0
		for _, s := range r.Spans {
			if s.Start < at || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("%q: %+v", text, r.Spans)
			}
			at = s.End
		}
	})
}
