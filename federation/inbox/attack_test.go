package inbox_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// A body that never comes to its end does not hold the inbox, whatever length it
// was said to have.
func TestABodyThatTrickles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in, err := inbox.New(inbox.Config{Self: w.self, Mail: w.mail, Peers: w.mail, Tx: w.db, Effects: w.effects, Audit: w.audit, Now: func() time.Time { return now },
			Verifier: &sign.Verifier{Key: inbox.Keys(w.mail), Now: func() time.Time { return now }, Host: func(*http.Request) string { return "" }}, Patience: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(in)
		defer srv.Close()
		for _, length := range []string{"Content-Length: 1000", "Transfer-Encoding: chunked"} {
			c, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			_, _ = fmt.Fprintf(c, "POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nSignature: x\r\n%s\r\n\r\n4\r\n{\"a\"\r\n", federation.MediaType, length)
			res, err := http.ReadResponse(bufio.NewReader(c), nil) // it comes although nothing more is sent
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %s", length, res.Status)
			}
			_ = c.Close()
		}
		if w.count("mailbox_inbox") != 0 {
			t.Error("something was kept")
		}
	})
}

// Requests on the same connection of which the one says less, or more, than it
// has: nothing of the one is taken for the other.
func TestLengthsThatLie(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := w.request(w.key, w.encode(w.offer(north)))
		body, err := io.ReadAll(good.Body)
		if err != nil {
			t.Fatal(err)
		}
		head := func(extra ...string) string {
			var b strings.Builder
			fmt.Fprintf(&b, "POST /inbox HTTP/1.1\r\nHost: %s\r\n", strings.TrimPrefix(w.url, "http://"))
			_ = good.Header.Write(&b)
			return b.String() + strings.Join(extra, "\r\n") + "\r\n\r\n"
		}
		n := len(body)
		for name, raw := range map[string]string{
			"two lengths":                  head(fmt.Sprint("Content-Length: ", n), "Content-Length: 3") + string(body),
			"length and chunks":            head("Content-Length: 3", "Transfer-Encoding: gzip, chunked") + string(body),
			"an unknown encoding":          head("Transfer-Encoding: identity", fmt.Sprint("Content-Length: ", n)) + string(body),
			"chunked twice":                head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + string(body),
			"a blank in the encoding":      head("Transfer-Encoding : chunked") + string(body),
			"a length with a sign":         head(fmt.Sprint("Content-Length: +", n)) + string(body),
			"a negative length":            head("Content-Length: -1") + string(body),
			"a length that is hexadecimal": head("Content-Length: 0x10") + string(body),
			"two hosts":                    head("Host: evil.example", fmt.Sprint("Content-Length: ", n)) + string(body),
			"a bare return in a header":    head(fmt.Sprint("Content-Length: ", n), "X: a\rSignature: b") + string(body),
			"a NUL in a header":            head(fmt.Sprint("Content-Length: ", n), "X: a\x00") + string(body),
			"one byte less than the body":  head(fmt.Sprint("Content-Length: ", n-1)) + string(body),
			"another Signature":            head(fmt.Sprint("Content-Length: ", n), "signature: x") + string(body),
			"a chunk that is too long":     head("Transfer-Encoding: chunked") + "ffffffffffffffff1\r\n" + string(body),
		} {
			c, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(c, raw); err != nil {
				t.Fatal(err)
			}
			if tcp, ok := c.(*net.TCPConn); ok {
				_ = tcp.CloseWrite()
			}
			answers, err := io.ReadAll(c)
			if len(answers) == 0 && err == nil {
				t.Errorf("%s: no answer", name)
			}
			if bytes.Contains(answers, []byte("HTTP/1.1 2")) {
				t.Errorf("%s: %s", name, answers)
			}
			_ = c.Close()
		}
		if w.count("mailbox_inbox") != 0 || w.count("effects") != 0 {
			t.Error("something was kept")
		}
		if status, answer := w.post(w.key, body); status != http.StatusAccepted {
			t.Errorf("the honest one afterwards: %d %s", status, answer)
		}
	})
}

// Values on which go-fed or a parser has come down elsewhere: an answer each
// time, and the next request is served.
func TestPoison(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := string(w.encode(w.offer(north)))
		add := func(s string) string { return strings.Replace(body, `"type":"Offer"`, `"type":"Offer",`+s, 1) }
		for name, bad := range map[string]string{
			"duration that go-fed panics on": add(`"duration":""`), "another one": add(`"duration":"-"`), "deep lists": add(`"x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000)),
			"deep objects": add(`"x":` + strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)), "never closed": add(`"x":` + strings.Repeat(`[`, 200000)),
			"escaped key": add(`"\u0061ctor":"https://third.example/ap/org"`), "key in capitals": add(`"ACTOR":"https://third.example/ap/org"`),
			"Kelvin in a key": add("\"to\u212a\":1"), "long s in a key": add("\"\u017fequence\":1"), "key of a thousand": add(`"` + strings.Repeat("a", 1000) + `":1`),
			"ten thousand keys": add(`"x":{` + keys(10000) + `}`), "list of many": add(`"x":[` + strings.Repeat("1,", 20000) + `1]`), "a number of a million digits": add(`"x":1` + strings.Repeat("0", 100000)),
			"an exponent": add(`"x":1e400`), "a tiny one": add(`"x":1e-400000`), "infinity": add(`"x":Infinity`), "a comment": add(`/* x */"x":1`), "a byte order mark": "\ufeff" + body,
			"a bomb of escapes": add(`"x":"` + strings.Repeat(`\u0000`, 100) + `"`), "half a surrogate": add(`"x":"\udc00"`), "two documents": body + body, "lines behind": body + "\n{}",
			"UTF-16": "\xfe\xff\x00{", "an array around it": "[" + body + "]", "a string": `"x"`, "nothing": "", "blank": " ", "null": "null",
		} {
			status, answer := w.post(w.key, []byte(bad))
			if status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge {
				t.Errorf("%s: %d %s", name, status, answer)
			}
		}
		if w.count("mailbox_inbox") != 0 || w.count("effects") != 0 {
			t.Error("something was kept")
		}
		if status, answer := w.post(w.key, []byte(body)); status != http.StatusAccepted {
			t.Errorf("the honest one afterwards: %d %s", status, answer)
		}
	})
}

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"k%d":1,`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

// A member at an origin speaks for itself and for nobody beside it.
func TestAnotherActorOfTheSameOrigin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := string(w.encode(w.offer(north)))
		for _, actor := range []string{"/ap/instance", "/ap/other", "/ap/org/x", "", "/ap/org#main-key"} {
			bad := strings.ReplaceAll(body, `"`+north+`/ap/org"`, `"`+north+actor+`"`)
			if status, answer := w.post(w.key, []byte(bad)); status != http.StatusForbidden || !strings.Contains(answer, `"code":"actor"`) {
				t.Errorf("%q: %d %s", actor, status, answer)
			}
		}
		for _, id := range []string{"/ap/instance#main-key", "/ap/org", "/ap/org#key-2", "/ap/org#main-key2"} {
			if status, _ := w.post(keyCalled(t, north+id, "north"), []byte(body)); status != http.StatusUnauthorized {
				t.Errorf("signed as %q: %d", id, status)
			}
		}
		if w.count("mailbox_inbox") != 0 {
			t.Error("something was kept")
		}
	})
}

// Two peers cannot be confused by spelling, nor one take the other's key.
func TestLookAlikePeers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := w.encode(w.offer(north))
		for _, id := range []string{"https://NORTH.example/ap/org#main-key", "https://north.example./ap/org#main-key", "https://north.example:443/ap/org#main-key",
			"https://x@north.example/ap/org#main-key", "https://north.example/ap/org?x#main-key", "https://north.example//ap/org#main-key", "https://ｎorth.example/ap/org#main-key",
			"https://nоrth.example/ap/org#main-key", "https://xn--nrth-55d.example/ap/org#main-key", "https://north.example/ap/%6frg#main-key", "https://north.example/ap/./org#main-key",
			"http://north.example/ap/org#main-key", "https://north.example/ap/org%23main-key", "https://north.example\\@third.example/ap/org#main-key"} {
			r := w.request(w.key, body)
			r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), w.key.ID(), id, 1))
			if status, answer := w.do(r); status != http.StatusUnauthorized || strings.Contains(answer, "code") {
				t.Errorf("%s: %d %s", id, status, answer)
			}
		}
		m := federation.Member{Actor: third + "/ap/org", Name: "x", Inbox: third + "/inbox", KeyID: w.key.ID(), PublicKeyPEM: w.key.PublicPEM(), State: "active"}
		if err := w.mail.SavePeer(t.Context(), mailbox.Peer{Member: m, Role: mailbox.RoleMember}); err == nil {
			t.Error("a peer took the key id of another")
		}
	})
}

// Nothing that a sender writes makes a line of its own in the log.
func TestTheLogHasNoForgedLines(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const line = "x\\nlevel=ERROR msg=forged"
		body := string(w.encode(w.offer(north)))
		for _, bad := range []string{strings.Replace(body, `"type":"Offer"`, `"type":"`+line+`"`, 1), strings.Replace(body, `"actor":"`, `"actor":"`+line, 1),
			strings.Replace(body, `"urgency":"normal"`, `"urgency":"`+line+`"`, 1), strings.Replace(body, `"id":"`, `"id":"`+line, 1)} {
			w.post(w.key, []byte(bad))
		}
		r := w.request(w.key, []byte(body))
		r.Header.Set("User-Agent", "x level=ERROR msg=forged")
		r.URL.Path = "/ap/org/inbox"
		w.do(r)
		if s := w.log.String(); strings.Contains(s, "forged") || strings.Count(s, "\n") != strings.Count(s, "time=") {
			t.Error(s)
		}
	})
}

// FuzzParse: an envelope that is read is well-formed, whatever the type.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"type":"Flag","id":"https://a.example/1","actor":"https://a.example/2","to":["https://b.example/"]}`, `{"type":[]}`, `{"to":{}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := gofed.Parse(raw)
		if err != nil {
			return
		}
		e := d.Envelope()
		for _, iri := range []string{e.ID, e.Actor, e.To} {
			if federation.CheckIRI(iri) != nil {
				t.Fatalf("%q of %q", iri, raw)
			}
		}
	})
}
