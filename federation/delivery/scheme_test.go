package delivery

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// verifying is a peer's door that verifies, and notes the kind of every signature.
type verifying struct {
	o      *world
	not    sign.Scheme // what it refuses
	wants  []string    // its Accept-Signature
	status int         // of its refusal
	got    []sign.Scheme
}

func (d *verifying) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := &sign.Verifier{Now: d.o.now, Scheme: "http", Host: func(r *http.Request) string { return r.Host },
		Key: func(_ context.Context, id string) (sign.Public, error) {
			if id == key().AssertionID() {
				return sign.ParsePublic(id, self, key().Assertion().Multibase())
			}
			return key().Public(self), nil
		}}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		d.o.t.Error(err)
	}
	kind := sign.SchemeOf(r.Header)
	d.got = append(d.got, kind)
	if strings.Contains(r.Header.Get("Signature-Input"), `alg="ed25519"`) {
		d.got[len(d.got)-1] = "ed25519"
	}
	if _, _, err := v.Verify(r, body); err != nil {
		d.o.t.Errorf("%s: %v", kind, sign.Reason(err))
	}
	for _, line := range d.wants {
		w.Header().Add(sign.AcceptHeader, line)
	}
	if kind = d.got[len(d.got)-1]; kind == d.not || d.not == "both" {
		w.WriteHeader(d.status)
		return
	}
	w.Header().Set("Content-Type", federation.MediaType)
	w.WriteHeader(http.StatusAccepted)
}

func (o *world) scheme(actor string) string {
	o.t.Helper()
	p, err := o.store.Peer(context.Background(), actor)
	if err != nil {
		o.t.Fatal(err)
	}
	return p.Scheme
}

func (o *world) learned(actor, scheme string) {
	o.t.Helper()
	if err := o.store.LearnScheme(context.Background(), actor, o.scheme(actor), scheme); err != nil {
		o.t.Fatal(err)
	}
}

func (d *verifying) sent(want ...sign.Scheme) {
	d.o.t.Helper()
	if !slices.Equal(d.got, want) {
		d.o.t.Errorf("sent %v, want %v", d.got, want)
	}
	d.got = nil
}

// TestRefused9421: one request for each attempt, the next with the draft.
func TestRefused9421(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		actor, door := o.peer("alpha", accepted)
		d := &verifying{o: o, not: sign.RFC9421, status: http.StatusUnauthorized, wants: []string{sign.Wanted}}
		door.Open(d)
		o.learned(actor, mailbox.SchemeRFC9421)
		id := o.send(actor, "")
		if n := o.settle(); n != 1 || o.scheme(actor) != mailbox.SchemeCavage || o.item(id).State != mailbox.Waiting {
			t.Fatalf("%d attempts, %s, %s", n, o.scheme(actor), o.item(id).State)
		}
		d.sent(sign.RFC9421)
		if o.settle() != 0 {
			t.Fatal("tried again before its time")
		}
		o.pass(time.Minute)
		if n := o.settle(); n != 1 || o.item(id).State != mailbox.Sent || o.scheme(actor) != mailbox.SchemeCavage {
			t.Fatalf("%d attempts, %s, %s", n, o.scheme(actor), o.item(id).State)
		}
		d.sent(sign.Cavage)
		d.not = "both" // so it was not about the kind of signature
		o.send(actor, "")
		o.settle()
		d.sent(sign.Cavage)
		if got := o.scheme(actor); got != mailbox.SchemeUnknown {
			t.Errorf("refused both: %s", got)
		}
	})
}

// TestOtherRefusalsTeachNothing: only 401 may be about the signature.
func TestOtherRefusalsTeachNothing(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		for _, status := range []int{403, 404, 409, 400, 429, 500, 503} {
			actor, door := o.peer("peer", accepted)
			door.Open(&verifying{o: o, not: "both", status: status, wants: []string{sign.Wanted}})
			for _, s := range []string{mailbox.SchemeRFC9421, mailbox.SchemeUnknown, mailbox.SchemeCavage} {
				o.learned(actor, s)
				o.send(actor, "")
				o.pass(24 * time.Hour)
				if o.settle() == 0 || o.scheme(actor) != s {
					t.Errorf("%d: %s became %s", status, s, o.scheme(actor))
				}
			}
		}
	})
}

func TestLearns9421FromAnswers(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		actor, door := o.peer("alpha", accepted)
		d := &verifying{o: o}
		door.Open(d)
		for _, wants := range []string{
			"sig1", "(((", `sig1=()`, `sig1=("@method" "@target-uri" "content-digest");created;tag="x"`, `sig1=("@method" "x-other");created`,
			`sig1=("@method");keyid="a"`, `sig1=("@method");alg="ed25519"`, `sig1=("@method");created=1`, `sig1=("@method";req);created`,
		} {
			d.wants = []string{wants}
			o.send(actor, "")
			if o.settle() != 1 || o.scheme(actor) != mailbox.SchemeUnknown {
				t.Errorf("%q taught %s", wants, o.scheme(actor))
			}
			d.sent(sign.Cavage)
		}
		for _, wants := range [][]string{nil, {sign.Wanted, sign.Wanted}} {
			d.wants = wants
			o.send(actor, "")
			if o.settle() != 1 || o.scheme(actor) != mailbox.SchemeUnknown {
				t.Errorf("%q taught %s", wants, o.scheme(actor))
			}
			d.sent(sign.Cavage)
		}
		d.wants = []string{`x=("x-y"), ` + sign.Wanted + `;alg="rsa-v1_5-sha256"`}
		o.send(actor, "")
		o.send(actor, "")
		if o.settle() != 2 || o.scheme(actor) != mailbox.SchemeRFC9421 {
			t.Error(o.scheme(actor))
		}
		d.sent(sign.Cavage, sign.RFC9421)
		if _, err := o.w.Fetch(context.Background(), actor); err != nil {
			t.Error(err)
		}
		d.sent(sign.RFC9421)
	})
}

// TestLearns9421FromAnActor: what a document says holds for whom we know only.
func TestLearns9421FromAnActor(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		actor, door := o.peer("alpha", accepted)
		document := func(rfc bool) {
			body, err := gofed.EncodeActor(federation.Actor{ID: actor, Type: "Organization", Name: "ทดสอบ", Username: "org", Inbox: actor + "/inbox",
				KeyID: actor + "#main-key", PublicKeyPEM: key().PublicPEM(), RFC9421: rfc})
			if err != nil {
				t.Fatal(err)
			}
			door.Open(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", federation.MediaType)
				if _, err := w.Write(body); err != nil {
					t.Error(err)
				}
			}))
		}
		for _, c := range []struct {
			rfc       bool
			was, want string
		}{
			{false, mailbox.SchemeUnknown, mailbox.SchemeUnknown}, {true, mailbox.SchemeCavage, mailbox.SchemeCavage},
			{true, mailbox.SchemeUnknown, mailbox.SchemeRFC9421}, {false, mailbox.SchemeRFC9421, mailbox.SchemeRFC9421},
		} {
			o.learned(actor, c.was)
			document(c.rfc)
			if a, err := o.w.Discover(context.Background(), actor); err != nil || a.RFC9421 != c.rfc || o.scheme(actor) != c.want {
				t.Errorf("%+v: %v, %s", c, err, o.scheme(actor))
			}
		}
	})
}

// TestEd25519: who asks for our Ed25519 key by its name gets it from the next request
// on, and RSA again when it refuses it, step by step and never twice.
func TestEd25519(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		actor, door := o.peer("alpha", accepted)
		d := &verifying{o: o, status: http.StatusUnauthorized}
		door.Open(d)
		once := func(want sign.Scheme, then string) {
			t.Helper()
			o.send(actor, "")
			o.pass(24 * time.Hour)
			o.settle()
			if d.got[0] != want || o.scheme(actor) != then {
				t.Errorf("sent %v and learned %s, want %s and %s", d.got, o.scheme(actor), want, then)
			}
			d.got = nil
		}
		d.wants = []string{sign.WantedOf(self + "#ed-aaaaaaaaaaaaaaaa")} // a key of ours that we have not, or not any more
		once(sign.Cavage, mailbox.SchemeRFC9421)
		once(sign.RFC9421, mailbox.SchemeRFC9421)
		d.wants = []string{sign.WantedOf(key().AssertionID())}
		once(sign.RFC9421, mailbox.SchemeEd25519)
		once("ed25519", mailbox.SchemeEd25519)
		d.wants = nil
		once("ed25519", mailbox.SchemeEd25519)
		if _, err := o.w.Fetch(context.Background(), actor); err != nil {
			t.Error(err)
		}
		d.sent("ed25519")

		d.not = "ed25519"
		o.send(actor, "")
		if n := o.settle(); n != 1 || o.scheme(actor) != mailbox.SchemeRFC9421 {
			t.Errorf("%d attempts, learned %s", n, o.scheme(actor))
		}
		d.sent("ed25519")
		o.pass(time.Minute)
		if n := o.settle(); n != 1 || o.scheme(actor) != mailbox.SchemeRFC9421 {
			t.Errorf("%d attempts, learned %s", n, o.scheme(actor))
		}
		d.sent(sign.RFC9421)
		o.learned(actor, mailbox.SchemeCavage)
		d.not, d.wants = "", []string{sign.WantedOf(key().AssertionID())}
		once(sign.Cavage, mailbox.SchemeCavage) // what it has refused it is not given because it asks
	})
}

// TestClocks: an answer tells by how much its sender's clock, or ours, is wrong. It is
// taken down when it is, and struck out when it is no more.
func TestClocks(t *testing.T) {
	each(t, func(t *testing.T, o *world) {
		ctx := context.Background()
		var off [3]time.Duration
		var actors []string
		for i, name := range []string{"alpha", "beta", "gamma"} {
			actor, door := o.peer(name, accepted)
			actors = append(actors, actor)
			door.Open(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", o.now().Add(off[i]).UTC().Format(http.TimeFormat))
				w.WriteHeader(http.StatusAccepted)
			}))
		}
		round := func(a, b, c time.Duration) (time.Duration, []mailbox.Skew) {
			t.Helper()
			off = [3]time.Duration{a, b, c}
			for _, actor := range actors {
				o.send(actor, "")
			}
			o.settle()
			own, asked, peers, err := o.store.Skews(ctx)
			if err != nil || asked != 3 {
				t.Fatalf("asked %d, %v", asked, err)
			}
			return own, peers
		}
		if own, peers := round(0, 10*time.Second, -20*time.Second); own != 0 || len(peers) != 0 {
			t.Errorf("all are right: %v, %+v", own, peers)
		}
		own, peers := round(0, 0, 2*time.Hour)
		if own != 0 || len(peers) != 1 || peers[0].Peer != actors[2] || (peers[0].Ahead-2*time.Hour).Abs() > 2*time.Second {
			t.Errorf("one is wrong: %v, %+v", own, peers)
		}
		if own, peers := round(time.Hour, time.Hour, time.Hour); len(peers) != 3 || (own+time.Hour).Abs() > 2*time.Second {
			t.Errorf("we are wrong: %v, %+v", own, peers)
		}
		if own, peers := round(0, 0, 0); own != 0 || len(peers) != 0 {
			t.Errorf("all are right again: %v, %+v", own, peers)
		}
	})
}
