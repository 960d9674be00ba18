package peer_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Fedify offers a referral to a running node as a member would: the staff find
// it in their inbox, and Fedify can verify every answer of the node.
func TestFedifyRefersToANode(t *testing.T) {
	origin := start(t)
	n, err := network.Start(t.Context(), network.Options{Dir: t.TempDir(), Members: 1, Bare: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	clinic := n.Server("chiangrai")
	lawyer, err := clinic.As(t.Context(), "lawyer")
	if err != nil {
		t.Fatal(err)
	}
	offer := offerOf(origin, clinic.Actor)
	body, err := gofed.Encode(offer)
	if err != nil {
		t.Fatal(err)
	}
	forward := func(tamper ...string) int {
		var out struct {
			Status int
			Body   string
		}
		in := map[string]any{"inbox": clinic.URL + "/ap/org/inbox", "body": string(body)}
		if len(tamper) == 2 {
			in["tamper"] = tamper
		}
		control(t, origin+"/control/forward", in, &out)
		return out.Status
	}
	if got := forward(); got != http.StatusUnauthorized {
		t.Fatalf("from nobody's member: %d", got)
	}
	pin(t, clinic.Node.Station.Mail, origin)
	if got := forward("urgent", "normal"); got != http.StatusUnauthorized {
		t.Fatalf("with other bytes than were signed: %d", got)
	}
	if offers, err := clinic.Node.Receiver.Inbox(t.Context(), lawyer, false); err != nil || len(offers) != 0 {
		t.Fatalf("%d offers, %v", len(offers), err)
	}
	for range 2 { // a second copy changes nothing
		if got := forward(); got != http.StatusAccepted {
			t.Fatalf("the offer: %d", got)
		}
	}
	offers, err := clinic.Node.Receiver.Inbox(t.Context(), lawyer, false)
	if err != nil || len(offers) != 1 || offers[0].Offer.State != referral.StateReceived || offers[0].Offer.Payload.Needs[0] != "doc_drafting" {
		t.Fatalf("%+v, %v", offers, err)
	}
	id := offers[0].Offer.ID
	if err := clinic.Node.Receiver.Accept(t.Context(), lawyer, id); err != nil {
		t.Fatal(err)
	}
	if err := clinic.Node.Receiver.Complete(t.Context(), lawyer, id, []string{"advice_given"}, time.Now().Format("2006-01")); err != nil {
		t.Fatal(err)
	}
	if err := n.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []verdict
	if err := json.Unmarshal(get(t, origin+"/control/received"), &got); err != nil {
		t.Fatal(err)
	}
	want := []string{"Read", "Accept", "Update"}
	if len(got) != len(want) {
		t.Fatalf("Fedify got %+v", got)
	}
	for i, v := range got {
		if !v.Verified || v.Type != want[i] || v.Owner != clinic.Actor || v.Actor != clinic.Actor || len(v.To) != 1 || v.To[0] != origin+"/ap/org" {
			t.Errorf("Fedify makes of the %s: %+v", want[i], v)
		}
	}
	if got[0].Object != offer.ID || got[1].Object != offer.ID || !strings.HasPrefix(got[1].Result, clinic.URL+"/ap/eng/") {
		t.Errorf("the answers are about something else: %+v", got)
	}
}

// Fedify finds the running hub and a running node.
func TestFedifyFindsTheNetwork(t *testing.T) {
	origin := start(t)
	n, err := network.Start(t.Context(), network.Options{Dir: t.TempDir(), Members: 1, Bare: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	for key, kind := range map[string]string{"hub": "Group", "chiangrai": "Organization"} {
		s := n.Server(key)
		var found struct{ Self, Type, ID, Inbox, SharedInbox, Key, Owner string }
		control(t, origin+"/control/lookup", map[string]string{"actor": s.Actor}, &found)
		if found.ID != s.Actor || found.Self != s.Actor || found.Type != kind || found.Owner != s.Actor || found.SharedInbox != s.URL+"/inbox" {
			t.Errorf("%s: %+v", key, found)
		}
	}
}

func offerOf(origin, to string) federation.Activity {
	now := time.Now().UTC().Truncate(time.Hour)
	return federation.Activity{ID: origin + "/ap/act/" + opaque.ID(), Type: federation.Offer, Actor: origin + "/ap/org", To: to, Published: now, Sequence: 1,
		Referral: &federation.Referral{ID: origin + "/ap/ref/" + opaque.ID(), Schema: federation.SchemaReferral, Revision: 1, Kind: "service",
			Urgency: "urgent", RespondBy: now.Add(72 * time.Hour), Purpose: "status_work", Needs: []string{"doc_drafting"},
			Disclosure: federation.Disclosure{Policy: "sha256:" + strings.Repeat("0", 64), K: 5},
			Consent:    federation.Consent{Basis: "explicit_consent", Scope: "anonymous_offer", Version: "th-1"}}}
}
