package app

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/chassis/station"
	"github.com/saphan-network/saphan/node/chassis/vault"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/node/internal/exchange"
	"github.com/saphan-network/saphan/node/internal/store/handoverstore"
	"github.com/saphan-network/saphan/node/internal/store/networkstore"
	"github.com/saphan-network/saphan/node/internal/store/referralstore"
	"github.com/saphan-network/saphan/node/internal/store/rulestore"
)

// join gives the node its place in the network: its station, its membership, and
// both ends of referrals.
func (a *App) join(ctx context.Context, files casework.Eraser, seal *vault.Vault) (err error) {
	a.Station, err = station.New(ctx, station.Config{Base: a.cfg.BaseURL, Path: "/ap/org", Type: "Organization", Username: "org", Name: a.cfg.NameTH,
		Software: "saphan-node", Version: a.cfg.Version, KeyFile: a.cfg.ActorKey, SealFile: a.cfg.SealKey, DB: a.db, Trail: a.Ledger, Rules: a.cfg.Rules,
		Editions: rulestore.New(a.db), Proxies: a.cfg.Proxies, AllowPrivate: a.cfg.Private, ListBound: a.cfg.ListBound, Now: a.cfg.Now, Log: a.cfg.Log})
	if err != nil {
		return err
	}
	self, mail := a.Station.Self, a.Station.Mail
	hub, standing := &exchange.HubWire{Office: a.Station.Office, Discover: a.Station.Worker, Mail: mail}, networkstore.New(a.db)
	a.Network = directory.New(directory.Deps{Self: self, Store: standing, Drafts: standing, List: exchange.MembersList{Mail: mail},
		Wire: hub, Doorbell: hub, Authority: a.may, Tx: a.db, Audit: a.Ledger, Now: a.cfg.Now, Bound: a.Station.ListBound()})
	post := exchange.NewPost(exchange.PostConfig{Base: a.cfg.BaseURL, Self: self, Gate: a.Station.Gate, Outbox: mail, Now: a.cfg.Now})
	members := exchange.NewDirectory(mail, self)
	a.Sender = referral.NewSender(referral.SenderParts{Store: referralstore.NewSent(a.db), Cases: exchange.NewCases(a.Cases), Directory: members,
		Out: post, Authority: a.may, Recorder: a.Ledger, Tx: a.db, Clock: a.cfg.Now, Known: vocabulary.Has,
		Scales: scales{gate: a.Station.Gate, post: post, rules: func() *ruleset.Service { return a.Rules }},
		OnOver: func(ctx context.Context, id string) error { return a.HandOut.Withdrawn(ctx, id) }})
	a.Receipts = referral.NewReceipts(a.Sender, referralstore.NewReceipts(a.db))
	a.Receiver = referral.NewReceiver(referral.ReceiverParts{Store: referralstore.NewReceived(a.db), Directory: members, Out: post,
		Authority: a.may, Recorder: a.Ledger, Tx: a.db, Clock: a.cfg.Now, Known: vocabulary.Has,
		OnOver: func(ctx context.Context, id string) error { return a.HandIn.OfferOver(ctx, id) }})
	a.Rules = ruleset.New(ruleset.Deps{Store: rulestore.New(a.db), Judge: &judge{gate: a.Station.Gate, mail: mail, members: a.Network, open: a.Sender, weigh: post},
		Authority: a.may, Tx: a.db, Audit: a.Ledger, Now: a.cfg.Now})
	effects := &exchange.Effects{}
	membership := exchange.Membership{Directory: a.Network, Mail: mail, Tx: a.db, Now: a.cfg.Now, Fetch: a.Station.Worker.Fetch}
	membership.Register(effects) // before referrals: a Reject of a Join is not theirs
	keys := a.handovers(post, members, files, seal)
	(&exchange.Handovers{Post: post, Sender: a.HandOut, Receiver: a.HandIn, Peers: mail, Now: a.cfg.Now}).Register(effects) // before referrals: they share types
	referrals := exchange.NewReferrals(post, a.Sender, a.Receiver)
	referrals.Register(effects)
	a.openLibrary(effects)
	a.openMeetings(effects)
	if err := a.Station.Open(effects, referrals, nil); err != nil {
		return err
	}
	a.queue.Every("expire_referrals", time.Minute, func(ctx context.Context) error { _, err := a.Sender.Tick(ctx); return err })
	a.queue.Every("recall_handovers", time.Minute, a.HandOut.Tick)
	a.queue.Every("expire_handovers", time.Minute, a.HandIn.Tick)
	a.queue.Every("sealing_keys", time.Hour, keys.Tick)
	a.queue.Every("retry_inbox", time.Minute, a.Station.Retry)
	a.queue.Every("refresh_rules", time.Minute, a.Station.Gate.Refresh)
	a.queue.Every("turn_key", time.Minute, a.Station.TurnKey)
	a.queue.Every("mend_list", time.Minute, membership.Mend)
	a.queue.Every("renew_list", time.Hour, membership.Renew)
	a.queue.Every("sweep_sessions", time.Hour, a.Accounts.Sweep)
	a.queue.Every("verify_ledger", time.Hour, a.Ledger.Check)
	return nil
}

// handovers makes both ends of stage 2, and the keys to which others seal.
func (a *App) handovers(post *exchange.Post, members *exchange.Directory, files casework.Eraser, seal *vault.Vault) *exchange.RoleKeys {
	keys := &exchange.RoleKeys{Self: a.Station.Self, Store: handoverstore.NewKeys(a.db, seal), Recorder: a.Ledger, Tx: a.db, Now: a.cfg.Now}
	out := &exchange.Envelopes{Post: post, Keys: keys, Prove: a.Station.Prove}
	cases := exchange.HandoverFiles{Service: a.Cases, Eraser: files}
	a.HandOut = handover.NewSender(handover.SenderParts{Store: handoverstore.NewSent(a.db, seal), Referrals: a.Sender.Store, Directory: members, Files: cases, Out: out,
		Authority: a.may, Recorder: a.Ledger, Tx: a.db, Clock: a.cfg.Now, Known: vocabulary.Has})
	a.HandIn = handover.NewReceiver(handover.ReceiverParts{Store: handoverstore.NewReceived(a.db, seal), Offers: a.Receiver.Store, Directory: members, Cases: cases, Out: out,
		Opener: out, Authority: a.may, Recorder: a.Ledger, Tx: a.db, Clock: a.cfg.Now, Known: vocabulary.Has, Staff: colleagues{a.Accounts}.Colleague})
	return keys
}
