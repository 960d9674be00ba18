package casework

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic"
)

// Draft is an intake that its writer has not finished. Its id is the form's
// key, so that sending the finished form makes one case and ends the draft.
type Draft struct {
	ID, UserID string
	Form       map[string][]string // what was typed, by name of the field; class A
	UpdatedAt  time.Time
}

// Drafts keeps unfinished intakes, sealed, for their writer alone.
type Drafts interface {
	SaveDraft(ctx context.Context, d Draft) error
	// DraftOf returns a user's own draft, or fault.Missing.
	DraftOf(ctx context.Context, userID, id string) (Draft, error)
	DraftsOf(ctx context.Context, userID string) ([]Draft, error) // newest first, without their forms
	// DropDraft forgets a user's own draft and its key; an absent one is no error.
	DropDraft(ctx context.Context, userID, id string) error
}

// maxDraft is the most that a draft holds, in bytes.
const maxDraft = 60_000

// KeepDraft stores what was typed so far under the form's key.
func (s *Service) KeepDraft(ctx context.Context, actor clinic.Actor, key string, form map[string][]string) error {
	if err := s.Authority.May(ctx, actor, "create", clinic.Object{Type: "case"}); err != nil {
		return err
	}
	size := 0
	for k, vs := range form {
		for _, v := range vs {
			size += len(k) + len(v)
		}
	}
	if !opaque.Valid(key) || size > maxDraft {
		return fault.New(fault.Invalid, "cases.error.draft")
	}
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		return s.Drafts.SaveDraft(ctx, Draft{ID: key, UserID: actor.UserID, Form: form, UpdatedAt: s.Clock()})
	})
}

// Draft returns the actor's own draft.
func (s *Service) Draft(ctx context.Context, actor clinic.Actor, key string) (Draft, error) {
	return s.Drafts.DraftOf(ctx, actor.UserID, key)
}

// MyDrafts lists the actor's own drafts, newest first.
func (s *Service) MyDrafts(ctx context.Context, actor clinic.Actor) ([]Draft, error) {
	return s.Drafts.DraftsOf(ctx, actor.UserID)
}

// DropDraft forgets the actor's own draft.
func (s *Service) DropDraft(ctx context.Context, actor clinic.Actor, key string) error {
	return s.Tx.Within(ctx, func(ctx context.Context) error { return s.Drafts.DropDraft(ctx, actor.UserID, key) })
}
