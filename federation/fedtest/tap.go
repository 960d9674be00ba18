package fedtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
)

// Exchange is one request to a server with its answer, to the byte as HTTP/1.1
// would write them: request line, all headers, body.
type Exchange struct {
	To       string // name of the server that was asked
	Method   string
	Path     string
	Status   int
	Request  []byte
	Response []byte
}

// Tap records exchanges. The zero value is ready; it is safe for concurrent use.
type Tap struct {
	mu  sync.Mutex
	all []Exchange
}

// Len is the number of exchanges so far.
func (t *Tap) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.all)
}

// All returns the exchanges so far, in the order in which they ended.
func (t *Tap) All() []Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Exchange(nil), t.all...)
}

// Finds tells in which exchanges one of the words stands, as "NAME METHOD PATH:
// word"; nothing means that none of them has crossed. An empty word is an error
// of the test and is reported.
func (t *Tap) Finds(words ...string) []string {
	var out []string
	for _, x := range t.All() {
		for _, w := range words {
			if w == "" || bytes.Contains(x.Request, []byte(w)) || bytes.Contains(x.Response, []byte(w)) {
				out = append(out, fmt.Sprintf("%s %s %s: %q", x.To, x.Method, x.Path, w))
			}
		}
	}
	return out
}

// Record passes every request to h and keeps it, with the answer.
func (t *Tap) Record(to string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		var req bytes.Buffer
		fmt.Fprintf(&req, "%s %s %s\r\nHost: %s\r\n", r.Method, r.URL.RequestURI(), r.Proto, r.Host)
		_ = r.Header.Write(&req)
		req.WriteString("\r\n")
		req.Write(body)
		answer := &answer{ResponseWriter: w, status: http.StatusOK}
		x := Exchange{To: to, Method: r.Method, Path: r.URL.Path, Request: req.Bytes()}
		defer func() {
			var res bytes.Buffer
			fmt.Fprintf(&res, "HTTP/1.1 %d\r\n", answer.status)
			_ = w.Header().Write(&res)
			res.WriteString("\r\n")
			res.Write(answer.body.Bytes())
			x.Status, x.Response = answer.status, res.Bytes()
			t.mu.Lock()
			defer t.mu.Unlock()
			t.all = append(t.all, x)
		}()
		h.ServeHTTP(answer, r)
	})
}

// Proxy is a recording way to a server in another process: it listens for the
// address that the server is known by and passes everything on to where it
// really listens, with the Host header as it came, so that signatures hold.
func (t *Tap) Proxy(to, target string) (http.Handler, error) {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("fedtest: %q is no address to pass on to", target)
	}
	return t.Record(to, &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(u)
		p.Out.Host = p.In.Host
	}}), nil
}

type answer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	a.body.Write(b)
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
