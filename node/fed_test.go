package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/policies"
)

const (
	wellPeer = "https://well.example/ap/org"
	sickPeer = "https://sick.example/ap/org"
)

type nothing struct{}

func (nothing) Decided(context.Context, policies.Entry) error   { return nil }
func (nothing) Cleared(context.Context, policies.Receipt) error { return nil }

// office opens the node's database behind the operator's back.
func (o *operator) office(f func(db *database.DB, mail *mailbox.Store)) {
	o.T.Helper()
	v, err := config.Node().Load(config.Inputs{Flags: map[string]string{"data_dir": o.Dir}, File: filepath.Join(o.Dir, "config.toml")})
	if err != nil {
		o.T.Fatal(err)
	}
	db, err := cli.OpenDatabase(o.T.Context(), v)
	if err != nil {
		o.T.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	f(db, mailbox.New(db, time.Now))
}

// acts counts what the server itself has done, by the ledger.
func (o *operator) acts() map[string]int {
	o.T.Helper()
	out := map[string]int{}
	o.office(func(db *database.DB, _ *mailbox.Store) {
		lines, err := audit.New(db, time.Now).List(o.T.Context(), audit.Filter{Limit: 1000})
		if err != nil {
			o.T.Fatal(err)
		}
		for _, l := range lines {
			if l.Actor == clinic.System.UserID {
				out[l.Act]++
			}
		}
	})
	return out
}

// know pins another server.
func (o *operator) know(actor, name, role string) {
	o.T.Helper()
	o.office(func(_ *database.DB, mail *mailbox.Store) {
		m := federation.Member{Actor: actor, Name: name, Inbox: strings.TrimSuffix(actor, "org") + "inbox", KeyID: actor + "#main-key",
			PublicKeyPEM: wellKey().PublicPEM(), Tier: "full", State: "active"}
		if err := mail.SavePeer(o.T.Context(), mailbox.Peer{Member: m, Role: role}); err != nil {
			o.T.Fatal(err)
		}
	})
}

var wellKey = sync.OnceValue(func() *sign.Key {
	k, err := sign.NewKey(wellPeer + "#main-key")
	if err != nil {
		panic(err)
	}
	return k
})

// wire fetches from whom it may not, and judges requests that were kept.
func (o *operator) wire() {
	o.T.Helper()
	if _, errs := o.Run(cli.ExitCheck, "fed", "fetch", "https://no.example/ap/org"); !strings.Contains(errs, "delivery.error.unknown_peer") {
		o.T.Error(errs)
	}
	keep := func(change func(req *http.Request)) string {
		body := []byte(`{"type":"Read"}`)
		req, err := http.NewRequest(http.MethodPost, o.Base+"/inbox", bytes.NewReader(body))
		if err != nil {
			o.T.Fatal(err)
		}
		if err := wellKey().Sign(req, body, time.Now()); err != nil {
			o.T.Fatal(err)
		}
		change(req)
		var b bytes.Buffer
		if err := req.Write(&b); err != nil {
			o.T.Fatal(err)
		}
		file := filepath.Join(o.T.TempDir(), "request")
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			o.T.Fatal(err)
		}
		return file
	}
	for want, change := range map[string]func(req *http.Request){
		"digest": func(req *http.Request) {
			req.Body, req.ContentLength = io.NopCloser(strings.NewReader(`{"type":"Undo"}`)), 15
		},
		"unknown_key": func(req *http.Request) {
			req.Header.Set("Signature", strings.Replace(req.Header.Get("Signature"), "well", "none", 1))
		},
	} {
		if out, _ := o.Run(cli.ExitCheck, "fed", "verify", keep(change)); !strings.Contains(out, want) {
			o.T.Errorf("%s: %s", want, out)
		}
	}
	if out, _ := o.Run(cli.ExitOK, "fed", "verify", keep(func(*http.Request) {})); !strings.Contains(out, wellPeer) {
		o.T.Error(out)
	}
	o.Run(cli.ExitUsage, "fed", "verify", filepath.Join(o.Dir, "config.toml"))
	o.Run(cli.ExitUsage, "fed", "verify", filepath.Join(o.Dir, "none"))
	if _, errs := o.Run(cli.ExitFailed, "join", "http://127.0.0.1:1"); errs == "" {
		o.T.Error("joined nothing")
	}
}

// write enqueues one message, as the gate lets it go, and returns its id.
func (o *operator) write(to string) (id string) {
	o.T.Helper()
	self := o.Base + "/ap/org"
	gate, err := policies.New(policies.Config{Self: self, Ledger: nothing{}, Now: time.Now, Seal: []byte(strings.Repeat("s", 32)),
		Peers: func(_ context.Context, actor string) (policies.Peer, bool, error) {
			return policies.Peer{Actor: actor, Role: "candidate"}, true, nil
		}})
	if err != nil {
		o.T.Fatal(err)
	}
	if err := gate.Load(nil); err != nil {
		o.T.Fatal(err)
	}
	o.office(func(db *database.DB, mail *mailbox.Store) {
		err := db.Within(o.T.Context(), func(ctx context.Context) error {
			n, err := mail.NextSequence(ctx, to)
			if err != nil {
				return err
			}
			a := federation.Activity{ID: o.Base + "/ap/act/" + opaque.ID(), Type: federation.Invite, Actor: self, To: to,
				Published: time.Now().UTC().Truncate(time.Hour), Sequence: n, Object: self}
			id = a.ID
			body, err := gofed.Encode(a)
			if err != nil {
				return err
			}
			d, err := gate.Decide(ctx, policies.Request{Peer: to, Purpose: policies.Membership, Facts: policies.Facts{"membership/message": {"Invite"}}})
			if err != nil {
				return err
			}
			c, err := gate.Clear(ctx, d, body)
			if err != nil {
				return err
			}
			return mail.Enqueue(ctx, c, mailbox.Draft{To: to, ActivityID: id, Type: string(a.Type), Sequence: n, Body: body})
		})
		if err != nil {
			o.T.Fatal(err)
		}
	})
	return id
}

// refuse has the next message to a peer refused for good.
func (o *operator) refuse(peer string) {
	o.T.Helper()
	o.office(func(_ *database.DB, mail *mailbox.Store) {
		c, err := mail.Claim(o.T.Context(), peer, time.Minute)
		if err != nil || c == nil {
			o.T.Fatalf("%v %v", c, err)
		}
		if err := mail.Failed(o.T.Context(), c, mailbox.Failure{Key: "delivery.error.forbidden", Status: 403, Hold: true}); err != nil {
			o.T.Fatal(err)
		}
	})
}

// states are what fed queue says of lines and of messages.
func (o *operator) states() map[string]string {
	o.T.Helper()
	var q struct {
		Lines    []struct{ Peer, State string }
		Messages []struct {
			ID, Peer, State, Why string
			Status               int
		}
	}
	o.Read(&q, cli.ExitOK, "fed", "queue")
	out := map[string]string{}
	for _, l := range q.Lines {
		out[l.Peer] = l.State
	}
	for _, m := range q.Messages {
		out[m.ID] = m.State
		if m.State == "held" && (m.Why != "delivery.error.forbidden" || m.Status != 403 || m.Peer != sickPeer) {
			o.T.Errorf("%+v", m)
		}
	}
	return out
}

func TestFedCommands(t *testing.T) {
	o := newOperator(t)
	o.Run(cli.ExitNoInit, "fed", "queue")
	o.Run(cli.ExitNoInit, "peer", "list")
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	if out, _ := o.Run(cli.ExitOK, "fed", "queue"); !strings.Contains(out, "No other server") {
		t.Error(out)
	}
	o.Run(cli.ExitNoInit, "fed", "fetch", wellPeer)
	o.Serve()() // makes the server's keys
	o.know(o.Base+"/ap/org", "คลินิกของเราเอง", mailbox.RoleMember)
	o.know(wellPeer, "คลินิกปกติ สาธิต", mailbox.RoleMember)
	o.know(sickPeer, "คลินิกขัดข้อง สาธิต", mailbox.RoleMember)
	for _, args := range [][]string{{"fed", "bogus"}, {"fed", "retry"}, {"fed", "pause"}, {"fed", "drop", "a", "b"}, {"fed", "queue", "x"}, {"peer", "bogus"}} {
		o.Run(cli.ExitUsage, args...)
	}
	for _, args := range [][]string{{"fed", "retry", "https://no.example/ap/act/1"}, {"fed", "drop", "nonsense"}, {"fed", "pause", "https://no.example/ap/org"},
		{"fed", "resume", "nonsense"}, {"fed", "pause", o.Base + "/ap/org"}} {
		if _, errs := o.Run(cli.ExitFailed, args...); !strings.Contains(errs, "; see ") {
			t.Errorf("%v: %s", args, errs)
		}
	}
	o.wire()
	if got := o.states(); len(got) != 2 || got[wellPeer] != "ok" {
		t.Errorf("%v", got)
	}
	o.steer()
	var peers []struct {
		Actor, Role, Tier string
		Paused            bool
	}
	o.Read(&peers, cli.ExitOK, "peer", "list")
	if len(peers) != 2 || peers[0].Role != "member" || peers[0].Tier != "full" {
		t.Errorf("%+v", peers)
	}
	if out, _ := o.Run(cli.ExitCheck, "doctor"); !strings.Contains(out, "has a key for us that is not on this machine") {
		t.Errorf("a list with a key that is not ours: %s", out)
	}
	var keys []struct{ ID, Use string }
	if o.Read(&keys, cli.ExitOK, "key", "list"); len(keys) != 1 || keys[0].Use != "now" {
		t.Errorf("%+v", keys)
	}
	o.Run(cli.ExitConflict, "key", "rotate") // no hub
	o.Run(cli.ExitUsage, "key", "bogus")
	o.own()
	o.Run(cli.ExitOK, "doctor")
}

// own puts the server's own key into its line of the list.
func (o *operator) own() {
	o.T.Helper()
	text, err := os.ReadFile(filepath.Join(o.Dir, "actor.pem"))
	if err != nil {
		o.T.Fatal(err)
	}
	self := o.Base + "/ap/org"
	key, err := sign.ParseKey(self+"#main-key", string(text))
	if err != nil {
		o.T.Fatal(err)
	}
	o.office(func(_ *database.DB, mail *mailbox.Store) {
		p, err := mail.Peer(o.T.Context(), self)
		p.PublicKeyPEM = key.PublicPEM()
		if err = errors.Join(err, mail.SavePeer(o.T.Context(), p)); err != nil {
			o.T.Fatal(err)
		}
	})
}

// steer holds a message, sends it again, gives it up, and pauses a line.
func (o *operator) steer() {
	o.T.Helper()
	first, second := o.write(sickPeer), o.write(wellPeer)
	o.refuse(sickPeer)
	if got := o.states(); got[first] != "held" || got[second] != "waiting" || got[sickPeer] != "held" || got[wellPeer] != "ok" {
		o.T.Fatalf("%v", got)
	}
	out, _ := o.Run(cli.ExitOK, "fed", "queue")
	if !strings.Contains(out, "delivery.error.forbidden (HTTP 403)") || !strings.Contains(out, second) || strings.Contains(out, "@context") {
		o.T.Errorf("the queue in words:\n%s", out)
	}
	o.Run(cli.ExitOK, "fed", "retry", first)
	if got := o.states(); got[first] != "waiting" {
		o.T.Errorf("after retry: %v", got)
	}
	o.Run(cli.ExitOK, "fed", "pause", wellPeer)
	if got := o.states(); got[wellPeer] != "paused" {
		o.T.Errorf("after pause: %v", got)
	}
	if out, _ := o.Run(cli.ExitOK, "peer", "list"); strings.Count(out, "paused") != 1 {
		o.T.Errorf("peer list:\n%s", out)
	}
	o.office(func(_ *database.DB, mail *mailbox.Store) {
		if c, err := mail.Claim(o.T.Context(), wellPeer, time.Minute); c != nil || err != nil {
			o.T.Errorf("a paused line is sent to: %v %v", c, err)
		}
	})
	o.Run(cli.ExitOK, "fed", "resume", wellPeer)
	if got := o.states(); got[wellPeer] != "ok" {
		o.T.Errorf("after resume: %v", got)
	}
	o.Run(cli.ExitOK, "fed", "drop", first)
	o.Run(cli.ExitConflict, "fed", "drop", first)
	if _, errs := o.Run(cli.ExitConflict, "fed", "retry", first); !strings.Contains(errs, "given up") {
		o.T.Error(errs)
	}
	if got := o.states(); got[first] != "" || got[sickPeer] != "ok" {
		o.T.Errorf("after drop: %v", got)
	}
	got := o.acts()
	for _, act := range []string{"delivery.retry", "delivery.drop", "delivery.pause", "delivery.resume"} {
		if got[act] != 1 {
			o.T.Errorf("the ledger has %d of %s", got[act], act)
		}
	}
}

// TestFedBefore: a program that takes no part in the network has no such
// commands, and its database must be brought up to date first.
func TestFedBefore(t *testing.T) {
	o := newOperator(t)
	o.Program = older()
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	o.Run(cli.ExitUsage, "fed", "queue")
	o.Run(cli.ExitUsage, "peer", "list")
	o.Program = program()
	for _, args := range [][]string{{"fed", "queue"}, {"fed", "drop", "x"}, {"peer", "list"}, {"import", labour, "--as", "mali"}} {
		if _, errs := o.Run(cli.ExitCheck, args...); !strings.Contains(errs, "migrate up") {
			t.Errorf("%v, with tables that are not there: %s", args, errs)
		}
	}
	o.Run(cli.ExitOK, "migrate", "up")
	o.Run(cli.ExitOK, "fed", "queue")
}
