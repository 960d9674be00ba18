package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// steps is an Inbox in the frame of gofed.Receiver.
type steps struct{ in *Inbox }

// Authenticate verifies the signature with a pinned key.
func (s steps) Authenticate(ctx context.Context, r *http.Request, body []byte) (context.Context, error) {
	v := visiting(ctx)
	keyID, err := s.verify(ctx, v, r, body)
	if err != nil {
		s.in.clock(ctx, err)
		return ctx, err
	}
	if v.peer.Key(keyID) == "" { // a verifier with another source of keys
		if v.peer, err = s.in.cfg.Peers.PeerByKey(ctx, keyID); err != nil {
			return ctx, fault.Wrap(fault.Signature, "error.federation.signature", err)
		}
	}
	v.known = true
	if err := v.place.Known(v.peer.Actor); err != nil {
		return ctx, err
	}
	s.in.learn(ctx, v.peer, r)
	return ctx, nil
}

// clock takes down that a peer whose signature is good has a wrong clock, or we have.
func (in *Inbox) clock(ctx context.Context, refused error) {
	keyID, ahead := sign.Skew(refused)
	if keyID == "" {
		return
	}
	peer, err := in.cfg.Peers.PeerByKey(ctx, keyID)
	if err == nil {
		err = in.cfg.Peers.NoteSkew(ctx, peer.Actor, ahead)
	}
	if err != nil {
		in.cfg.Log.Error("inbox: writing down a peer's clock", "cause", fault.Label(err))
	}
}

// verify waits for its turn, which ends also if something panics.
func (s steps) verify(ctx context.Context, v *visit, r *http.Request, body []byte) (string, error) {
	done, err := v.place.Turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	keyID, _, err := s.in.cfg.Verifier.Verify(r.WithContext(ctx), body)
	if err != nil {
		if v.internal = sign.Reason(err) == "key_lookup"; !v.internal {
			v.place.Wrong()
		}
	}
	return keyID, err
}

// learn notes that a peer verifies the signatures that it makes itself. It may
// fail: the peer goes on getting those that all software verifies.
func (in *Inbox) learn(ctx context.Context, peer mailbox.Peer, r *http.Request) {
	if peer.Scheme != mailbox.SchemeUnknown || sign.SchemeOf(r.Header) != sign.RFC9421 {
		return
	}
	if err := in.cfg.Peers.LearnScheme(ctx, peer.Actor, mailbox.SchemeUnknown, mailbox.SchemeRFC9421); err != nil {
		in.cfg.Log.Error("inbox: writing down what a peer verifies", "peer", peer.Actor, "cause", fault.Label(err))
	}
}

// Authorise applies the rules about who may say this, and to whom.
func (s steps) Authorise(ctx context.Context, e gofed.Envelope) error {
	v := visiting(ctx)
	v.envelope = e
	switch {
	case e.Actor != v.peer.Actor:
		return forbidden("actor") // the key is another's
	case !federation.SameOrigin(e.ID, e.Actor):
		return forbidden("origin")
	case e.To != s.in.cfg.Self:
		return forbidden("receiver")
	}
	return may(v.peer, e.Type)
}

// Receive keeps the message and carries out its effect, both or neither.
func (s steps) Receive(ctx context.Context, m gofed.Message) error {
	v := visiting(ctx)
	if m.Known {
		if err := mayCarry(v.peer, m.Activity); err != nil {
			return err
		}
	} else if v.peer.Role == mailbox.RoleFormer {
		return forbidden("role") // common work is the members'
	}
	sum := sha256.Sum256(m.Raw)
	r := mailbox.Received{
		ActivityID: m.ID, Actor: m.Actor, Type: m.Type, SHA256: hex.EncodeToString(sum[:]), Sequence: m.Activity.Sequence, Raw: m.Raw,
	}
	if m.Word != nil {
		r.Sequence = m.Word.Sequence
	}
	if m.Known || m.Word != nil {
		if behind, err := s.in.behind(ctx, r); behind || err != nil {
			return err
		}
	}
	effect := false
	err := s.in.cfg.Tx.Shared(ctx, r.Actor, func(ctx context.Context) error {
		effect = false
		fresh, err := s.in.cfg.Mail.Receive(ctx, r)
		if err != nil || !fresh {
			return err
		}
		outcome := "ignored"
		effect = m.Known || m.Word != nil
		switch {
		case m.Known:
			outcome = "received"
			err = s.in.apply(ctx, m.Activity, m.Raw)
		case m.Word != nil:
			var mine bool
			if mine, err = s.in.applyWord(ctx, *m.Word, m.Raw); mine {
				outcome = "received"
			}
		}
		if err != nil {
			return err
		}
		return s.in.cfg.Audit.Federation(ctx, event(r, outcome, ""))
	})
	if err == nil || theirs(err) {
		return err
	}
	s.in.cfg.Log.Error("inbox: an effect has failed", "peer", r.Actor, "activity", r.ActivityID, "type", typeOf(r.Type), "cause", fault.Label(err))
	if !effect {
		return s.ours(v, err) // not even the row could be written
	}
	if err := s.in.quarantine(ctx, r, fault.As(err).Key); err != nil {
		return s.ours(v, err)
	}
	return nil
}

// ours answers that the sender should try again.
func (s steps) ours(v *visit, err error) error {
	if theirs(err) { // such as other bytes under an id that waits in quarantine
		return err
	}
	v.internal = true
	return fault.Wrap(fault.Unavailable, "error.federation.unavailable", err)
}

// behind quarantines r if something of the same sender waits there already.
func (in *Inbox) behind(ctx context.Context, r mailbox.Received) (bool, error) {
	waits, err := in.cfg.Mail.WaitsBefore(ctx, r)
	if err != nil {
		return false, fault.Wrap(fault.Unavailable, "error.federation.unavailable", err)
	}
	if !waits {
		return false, nil
	}
	return true, in.quarantine(ctx, r, "error.federation.behind")
}

func (in *Inbox) quarantine(ctx context.Context, r mailbox.Received, reason string) error {
	return in.cfg.Tx.Within(ctx, func(ctx context.Context) error {
		if err := in.cfg.Mail.Quarantine(ctx, r, reason); err != nil {
			return err
		}
		return in.cfg.Audit.Federation(ctx, event(r, "quarantined", reason))
	})
}

// Retry applies quarantined activities that are due (all of them, if now is
// true), each sender's in order, and returns how many had their effect.
func (in *Inbox) Retry(ctx context.Context, now bool) (int, error) {
	return in.cfg.Mail.RetryQuarantined(ctx, now, func(ctx context.Context, r mailbox.Received) error {
		if w, err := gofed.DecodeWord(r.Raw); err == nil {
			if _, err := in.applyWord(ctx, w, r.Raw); err != nil {
				return err
			}
			return in.cfg.Audit.Federation(ctx, event(r, "received", ""))
		}
		a, err := gofed.Decode(r.Raw)
		if err != nil {
			return err
		}
		if err := in.apply(ctx, a, r.Raw); err != nil {
			return err
		}
		return in.cfg.Audit.Federation(ctx, event(r, "received", ""))
	})
}

// apply carries out an effect; a panic in it is a failure of ours like any other.
func (in *Inbox) apply(ctx context.Context, a federation.Activity, raw []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fault.Internal, "error.internal", fault.Caught(p))
		}
	}()
	return in.cfg.Effects.Apply(ctx, a, raw)
}

// applyWord does the same with a word about common work.
func (in *Inbox) applyWord(ctx context.Context, w federation.Word, raw []byte) (mine bool, err error) {
	words, acts := in.cfg.Effects.(Words)
	if !acts {
		return false, nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fault.Internal, "error.internal", fault.Caught(p))
		}
	}()
	return words.ApplyWord(ctx, w, raw)
}

// typeOf is a type for log and ledger: a sender may have written anything there.
func typeOf(name string) string {
	if !federation.Known(federation.Type(name)) {
		return "unknown"
	}
	return name
}

func event(r mailbox.Received, outcome, reason string) Event {
	return Event{Act: "receive", Peer: r.Actor, Activity: r.ActivityID, Type: typeOf(r.Type), Outcome: outcome, Reason: reason}
}

// theirs reports whether the sender is to be told, because trying again with the
// same bytes would change nothing.
func theirs(err error) bool {
	var f *fault.Error
	if !errors.As(err, &f) {
		return false
	}
	switch f.Kind {
	case fault.Invalid, fault.Forbidden, fault.NotFound, fault.Conflict, fault.Denied, fault.Signature, fault.TooLarge, fault.MediaType, fault.TooMany:
		return true
	case fault.Internal, fault.Unavailable:
		return false
	}
	return false
}

// visiting returns what is known of the sender; ServeHTTP put it there.
func visiting(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}
