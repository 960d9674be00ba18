package station

import (
	"context"
	"strconv"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/federation/sign"
)

// Listing tells whom a hub's members list names at present, and its version.
type Listing func(ctx context.Context) (ids []string, version int64, err error)

// ShowList has the hub say in each delivery to a member what its list holds (FEP-8fcf),
// so that a member whose copy is another finds out. All members may read the list, so
// the collection is not a part of it for each.
func (s *Station) ShowList(l Listing) { s.listing.Store(&l) }

// syncHeader is the header for a peer.
func (s *Station) syncHeader(ctx context.Context, peer mailbox.Peer) string {
	l := s.listing.Load()
	if l == nil || peer.Role != mailbox.RoleMember || peer.State != "active" {
		return ""
	}
	ids, version, err := (*l)(ctx)
	if err != nil {
		s.cfg.Log.Error("station: the members list cannot be read", "cause", fault.Label(err))
		return ""
	}
	list := s.cfg.Base + "/ap/members"
	return sign.Sync{Collection: list, URL: list, Digest: proof.CollectionDigest(ids), Version: strconv.FormatInt(version, 10)}.String()
}

// synced compares what the hub says of its list with our copy, and takes down where
// they differ. Nothing is fetched because of a request: a job asks for the list.
func (s *Station) synced(ctx context.Context, peer mailbox.Peer, said sign.Sync) {
	if peer.Role != mailbox.RoleHub || !federation.SameOrigin(peer.Actor, said.Collection) || said.URL != said.Collection {
		return
	}
	same, err := s.same(ctx, said)
	switch {
	case err != nil:
	case same:
		err = s.Mail.Unnote(ctx, peer.Actor, mailbox.NoteDrift)
		if version, perr := strconv.ParseInt(said.Version, 10, 64); err == nil && perr == nil {
			err = s.Mail.ConfirmList(ctx, version)
		}
	default:
		err = s.noteDrift(ctx, peer.Actor)
	}
	if err != nil {
		s.cfg.Log.Error("station: comparing the members list", "cause", fault.Label(err))
	}
}

// noteDrift notes a difference once; the detail is how often the list was asked for.
func (s *Station) noteDrift(ctx context.Context, hub string) error {
	notes, err := s.Mail.Notes(ctx, mailbox.NoteDrift)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if n.Peer == hub {
			return nil
		}
	}
	return s.Mail.Note(ctx, hub, mailbox.NoteDrift, "0")
}

// same reports whether our copy of the members list is what the hub says, or newer.
func (s *Station) same(ctx context.Context, said sign.Sync) (bool, error) {
	have, err := s.Mail.Members(ctx)
	if err != nil {
		return false, err
	}
	theirs, err := strconv.ParseInt(said.Version, 10, 64)
	if err != nil || have.Version > theirs {
		return err == nil, nil // it was said before the list that we have
	}
	ids := make([]string, 0, len(have.Items))
	for _, m := range have.Items {
		ids = append(ids, m.Actor)
	}
	return have.Version == theirs && proof.CollectionDigest(ids) == said.Digest, nil
}
