package fedtest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
)

// Fault spoils one request on its way to a server, which is next.
type Fault func(next http.Handler, w http.ResponseWriter, r *http.Request)

// Spoil puts a fault before the server of the door, nil takes it away. It waits for
// no request that is under way.
func (d *Door) Spoil(f Fault) {
	if f == nil {
		d.fault.Store(nil)
		return
	}
	d.fault.Store(&f)
}

// Down is a server behind which nobody is: the connection breaks.
func Down() Fault {
	return func(http.Handler, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
}

// Answers is a way that answers with a status itself; the server hears nothing.
func Answers(status int, header ...string) Fault {
	return func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
	}
}

// Lost is a way on which the answer is lost after the server has done its work.
func Lost() Fault {
	return func(next http.Handler, _ http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
}

// Twice is a way that brings every request twice, as some proxies do.
func Twice() Fault {
	return func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		for _, to := range []http.ResponseWriter{httptest.NewRecorder(), w} {
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(to, again)
		}
	}
}

// Once spoils the first n requests, and lets the rest through. It is for requests
// that come one after the other.
func Once(n int, f Fault) Fault {
	return func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if n--; n >= 0 {
			f(next, w, r)
			return
		}
		next.ServeHTTP(w, r)
	}
}
