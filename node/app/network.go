package app

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/chassis/station"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/internal/exchange"
	"github.com/saphan-network/saphan/node/internal/store/networkstore"
	"github.com/saphan-network/saphan/node/internal/store/referralstore"
)

// join gives the node its place in the network: its station, its membership, and
// both ends of referrals.
func (a *App) join(ctx context.Context) (err error) {
	a.Station, err = station.New(ctx, station.Config{Base: a.cfg.BaseURL, Path: "/ap/org", Type: "Organization", Username: "org", Name: a.cfg.NameTH,
		Software: "saphan-node", Version: a.cfg.Version, KeyFile: a.cfg.ActorKey, SealFile: a.cfg.SealKey, DB: a.db, Trail: a.Ledger, Rules: a.cfg.Rules,
		Proxies: a.cfg.Proxies, AllowPrivate: a.cfg.Private, Now: a.cfg.Now, Log: a.cfg.Log})
	if err != nil {
		return err
	}
	self, mail := a.Station.Self, a.Station.Mail
	a.Network = directory.New(directory.Deps{Self: self, Store: networkstore.New(a.db), List: exchange.MembersList{Mail: mail},
		Wire: &exchange.HubWire{Office: a.Station.Office, Discover: a.Station.Worker, Mail: mail}, Authority: a.may, Tx: a.db, Audit: a.Ledger, Now: a.cfg.Now})
	post := exchange.NewPost(exchange.PostConfig{Base: a.cfg.BaseURL, Self: self, Gate: a.Station.Gate, Outbox: mail, Now: a.cfg.Now})
	members := exchange.NewDirectory(mail, self)
	a.Sender = referral.NewSender(referral.SenderParts{Store: referralstore.NewSent(a.db), Cases: exchange.NewCases(a.Cases), Directory: members,
		Out: post, Authority: a.may, Recorder: a.Ledger, Tx: a.db, Clock: a.cfg.Now, Known: vocabulary.Has})
	a.Receipts = referral.NewReceipts(a.Sender, referralstore.NewReceipts(a.db))
	a.Receiver = referral.NewReceiver(referral.ReceiverParts{Store: referralstore.NewReceived(a.db), Directory: members, Out: post,
		Authority: a.may, Recorder: a.Ledger, Tx: a.db, Clock: a.cfg.Now, Known: vocabulary.Has})
	effects := &exchange.Effects{}
	membership := exchange.Membership{Directory: a.Network, Mail: mail, Tx: a.db, Now: a.cfg.Now, Fetch: a.Station.Worker.Fetch}
	membership.Register(effects) // before referrals: a Reject of a Join is not theirs
	referrals := exchange.NewReferrals(post, a.Sender, a.Receiver)
	referrals.Register(effects)
	a.openLibrary(effects)
	a.openMeetings(effects)
	if err := a.Station.Open(effects, referrals, nil); err != nil {
		return err
	}
	a.queue.Every("expire_referrals", time.Minute, func(ctx context.Context) error { _, err := a.Sender.Tick(ctx); return err })
	a.queue.Every("retry_inbox", time.Minute, a.Station.Retry)
	a.queue.Every("turn_key", time.Minute, a.Station.TurnKey)
	a.queue.Every("mend_list", time.Minute, membership.Mend)
	a.queue.Every("sweep_sessions", time.Hour, a.Accounts.Sweep)
	a.queue.Every("verify_ledger", time.Hour, a.Ledger.Check)
	return nil
}
