package app_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sealed"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/internal/exchange"
)

// wished brings a referral that has left to where the other side asks who it is, or
// further: the client has agreed, it is prepared, it is handed over.
func (o *office) wished(t *testing.T, ref, how string) (sha256 string) {
	t.Helper()
	ctx, nok, ying := t.Context(), o.actors["nok"], o.actors["ying"]
	r, err := o.Sender.Store.Get(ctx, ref)
	env := must(t, r, err).Envelope
	key, err := sealed.NewKey()
	multibase := must(t, key, err).Public().Multibase()
	steps := []struct {
		at string
		do func() error
	}{
		{"wished", func() error {
			return o.Sender.Reported(ctx, referral.Report{From: there + "/ap/org", Offer: env.Activity, Move: referral.MoveAccept,
				Engagement: referral.Engagement{ID: there + "/ap/eng/" + opaque.ID(), Revision: 1}})
		}},
		{"wished", func() error {
			return o.HandOut.Asked(ctx, handover.Sent{Target: there + "/ap/org", Reference: env.Reference, Request: there + "/ap/req/" + opaque.ID(), Revision: 1, Purpose: "status_work",
				Asked: []string{"full_name", "contact"}, KeyID: there + "/ap/org#" + federation.SealingName(multibase), Key: multibase})
		}},
		{"agreed", func() error {
			return o.HandOut.Agree(ctx, nok, ref, consent.Record{Fields: []string{"full_name", "contact"}, Medium: "paper", Language: "th", TextVersion: "handover-1", Guardian: "นาซือ"})
		}},
		{"prepared", func() error {
			return o.HandOut.Prepare(ctx, nok, ref, []string{"full_name", "contact"}, map[string]string{"contact": "ถามหาที่ครูประจำชั้น"})
		}},
		{"handed", func() error {
			v, err := o.HandOut.Show(ctx, ying, ref)
			if err != nil {
				return err
			}
			return o.HandOut.Approve(ctx, ying, ref, v.Fresh.SHA256)
		}},
	}
	done := false
	for _, s := range steps {
		if done && s.at != how {
			break
		}
		if err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.at, err)
		}
		done = s.at == how
	}
	v, err := o.HandOut.Show(ctx, ying, ref)
	return must(t, v, err).Fresh.SHA256
}

// wanted asks who the person of a taken offer is; "come" has the answer here.
func (o *office) wanted(t *testing.T, offer, how string) {
	t.Helper()
	ctx, nok := t.Context(), o.actors["nok"]
	if err := o.HandIn.Ask(ctx, nok, offer, []string{"full_name"}, []string{nok.UserID}); err != nil {
		t.Fatal(err)
	}
	if how == "wanted" {
		return
	}
	h, err := o.HandIn.Store.Find(ctx, handover.Find{Owner: offer})
	h = must(t, h, err)
	k, err := o.HandIn.Opener.(*exchange.Envelopes).Keys.Current(ctx)
	to, err2 := sealed.ParsePublic(must(t, k, err).Multibase)
	content := []byte(`{"schema":"handover/1","referral":"` + h.Reference + `","fields":{"full_name":["ด.ญ.","นาแฮ","ลาหู่นะ"]}}`)
	end := time.Now().UTC().Add(48 * time.Hour).Truncate(time.Hour)
	a := handover.Arriving{From: h.Sender, Activity: h.Sender + "/act/" + opaque.ID(), Package: there + "/ap/pkg/" + opaque.ID(), Request: h.Request, Reference: h.Reference, KeyID: h.KeyID,
		Consent: opaque.ID(), Expires: end, Digest: "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", Size: 4148, Proved: true, Undamaged: true}
	var out bytes.Buffer
	_, err = sealed.Seal(&out, bytes.NewReader(content), int64(len(content)), must(t, to, err2), sealed.Binding{Sender: h.Sender, Recipient: o.Station.Self, Key: h.KeyID, Package: a.Package,
		Referral: h.Reference, Request: h.Request, Consent: a.Consent, Expires: end.Format(time.RFC3339)})
	a.Sealed = must(t, out.Bytes(), err)
	if err := o.HandIn.Tx.Within(ctx, func(ctx context.Context) error { return o.HandIn.Arrived(ctx, a) }); err != nil {
		t.Fatal(err)
	}
}
