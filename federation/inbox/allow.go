package inbox

import (
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// allowed says which types of activity a peer may send in which role. An offer
// comes from members only; what is about membership, from the hub and to it.
func allowed(role string, t federation.Type) bool {
	switch role {
	case mailbox.RoleHub:
		return t != federation.Offer
	case mailbox.RoleMember:
		return t != federation.Invite
	case mailbox.RoleCandidate: // on its way in: nothing about cases
		switch t {
		case federation.Join, federation.Leave, federation.Invite, federation.Accept, federation.TentativeAccept, federation.Reject:
			return true
		}
	case mailbox.RoleFormer: // a withdrawal is heard even from who has left, and so is that it has erased
		return t == federation.Undo || t == federation.Join || t == federation.Delete
	}
	return false
}

// may judges by role, state and type. Types without effect here are kept only
// from the hub and from members.
func may(p mailbox.Peer, name string) error {
	t := federation.Type(name)
	if p.State == "suspended" && t != federation.Leave { // nobody is kept in
		return forbidden("suspended")
	}
	if p.State == mailbox.StateParted && t != federation.Join && t != federation.Leave {
		return forbidden("role")
	}
	if !federation.Known(t) && p.Role != mailbox.RoleHub && p.Role != mailbox.RoleMember {
		return forbidden("role")
	}
	if !allowed(p.Role, t) {
		return forbidden("role")
	}
	return nil
}

// mayCarry judges by what the activity carries: memberships and the list of
// members are the hub's word, engagements and new keys a member's.
func mayCarry(p mailbox.Peer, a federation.Activity) error {
	hub := p.Role == mailbox.RoleHub
	if p.Role == mailbox.RoleFormer && (a.Type == federation.Delete) != (a.Purge != nil) {
		return forbidden("role") // it deletes nothing here, it proves that it has erased
	}
	switch {
	case (a.Members != nil || a.Membership != nil) && !hub,
		a.Application != nil, // who applies comes by the hub's door
		a.Key != nil && p.Role != mailbox.RoleMember,
		(a.Referral != nil || a.Engagement != nil || a.Confirmed != "" || a.Request != nil || a.Package != nil) && p.Role != mailbox.RoleMember,
		a.Purge != nil && p.Role != mailbox.RoleMember && p.Role != mailbox.RoleFormer:
		return forbidden("role")
	}
	return nil
}

func forbidden(why string) error {
	return fault.New(fault.Forbidden, "error.federation.forbidden").With("why", why)
}
