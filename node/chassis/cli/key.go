package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/doctor"
	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/node/chassis/station"
	"github.com/saphan-network/saphan/policies"
)

type keyOut struct {
	ID          string    `json:"id"`
	Fingerprint string    `json:"fingerprint"`
	Made        string    `json:"made"`
	Use         string    `json:"use"`               // now, next
	Message     string    `json:"message,omitempty"` // next: how the message to the hub stands
	Listed      bool      `json:"listed,omitempty"`  // next: the members list has it
	Turn        time.Time `json:"turn,omitzero"`     // next: when it will be used
}

func (s *Shell) keyCommand() *cobra.Command {
	list := &cobra.Command{Use: "list", Args: cobra.NoArgs, Short: s.T("กุญแจลงนามที่ใช้อยู่ และกุญแจใหม่ที่รอใช้", "The signing keys: the one in use and the one that is going to be"),
		RunE: func(c *cobra.Command, _ []string) error {
			return s.withStation(c, func(x *station.Station) error { return s.tellKeys(c.Context(), x) })
		}}
	rotate := &cobra.Command{Use: "rotate", Args: cobra.NoArgs, Short: s.T("สร้างกุญแจลงนามใหม่แล้วแจ้งเครือข่าย เปิดเซิร์ฟเวอร์ไว้ได้", "Make a new signing key and announce it to the network; the server may be running"),
		RunE: func(c *cobra.Command, _ []string) error {
			return s.withStation(c, func(x *station.Station) error {
				err := x.RotateKey(c.Context())
				if fault.Is(err, fault.Denied) {
					return say.Fail(ExitCheck, say.Text{TH: "นโยบายไม่ให้แจ้งกุญแจใหม่: %s", EN: "The policy does not let the new key be announced: %s"}.With(fault.As(err).Key), nil)
				}
				if err != nil {
					return err
				}
				return s.tellKeys(c.Context(), x)
			})
		}}
	return group("key", s.T("กุญแจลงนามของเซิร์ฟเวอร์นี้", "This server's signing key"), list, rotate, s.replaceKey())
}

func (s *Shell) tellKeys(ctx context.Context, x *station.Station) error {
	st, err := x.KeyState(ctx)
	if err != nil {
		return err
	}
	keys := []keyOut{keyOf(st.Now, "now")}
	if st.Next.Key != nil {
		next := keyOf(st.Next, "next")
		next.Message, next.Listed, next.Turn = string(st.Announced), st.Listed, st.Turn
		keys = append(keys, next)
	}
	return s.Print(keys, func(w io.Writer) error {
		var b strings.Builder
		for _, k := range keys {
			fmt.Fprintf(&b, "%s\n  %s\n", k.ID, k.Fingerprint)
			fmt.Fprintf(&b, s.T("  สร้างเมื่อ %s  %s\n", "  made on %s  %s\n"), k.Made, s.keyUse(k))
		}
		if len(keys) > 1 {
			fmt.Fprintln(&b, s.T("ให้สั่ง backup create ตอนนี้ แล้วบอกลายนิ้วมือใหม่แก่เลขานุการเครือข่ายทางโทรศัพท์",
				"Run backup create now, and read the new fingerprint to the network's secretary on the telephone"))
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func (s *Shell) keyUse(k keyOut) string {
	switch {
	case k.Use == "now":
		return s.T("ใช้ลงนามอยู่", "in use")
	case !k.Listed:
		return s.T("รอขึ้นรายชื่อสมาชิก", "waits for the members list")
	case k.Turn.IsZero():
		return s.T("กำลังจะใช้", "about to be used")
	}
	return s.T("จะใช้ตั้งแต่ ", "will be used from ") + k.Turn.Format("2006-01-02 15:04Z")
}

func keyOf(k station.KeyFile, use string) keyOut {
	return keyOut{ID: k.ID(), Fingerprint: k.Fingerprint(), Made: k.Made.Format(time.DateOnly), Use: use}
}

// keyCheck is what doctor says of the signing keys, their age, and of a list with a
// key for this server that is not its own.
func (s *Shell) keyCheck(b *Base) doctor.Check {
	return doctor.Keys(s.Now, func(ctx context.Context) (doctor.KeyAge, error) {
		if _, err := os.Stat(ActorKey(b.Values)); errors.Is(err, fs.ErrNotExist) {
			return doctor.KeyAge{}, nil // not made yet
		}
		mail := mailbox.New(b.DB, s.Now)
		st, err := station.ReadKeyState(ctx, ActorKey(b.Values), s.self(b), mail)
		if err != nil {
			return doctor.KeyAge{}, err
		}
		out := doctor.KeyAge{Made: st.Now.Made, Foreign: st.ForeignKeys}
		notes, err := mail.Notes(ctx, "")
		for _, n := range notes {
			switch {
			case n.Kind == mailbox.NoteUnproved:
				out.Strange = n.At
			case n.Kind == mailbox.NoteDrift && n.Detail != "0": // asked for, and not mended
				out.Drift = n.At
			}
		}
		if st.Next.Key != nil {
			out.Next = st.Next.Made
		}
		return out, err
	})
}

// self is the IRI of the server's actor.
func (s *Shell) self(b *Base) string {
	return strings.TrimSuffix(b.Values.Text("base_url"), "/") + s.Program.Actor
}

// replaceKey makes a new key in place of one that is lost or stolen.
func (s *Shell) replaceKey() *cobra.Command {
	var sure bool
	c := &cobra.Command{Use: "replace", Args: cobra.NoArgs, Short: s.T("สร้างกุญแจใหม่แทนกุญแจที่หายหรือถูกขโมย ทุกเซิร์ฟเวอร์ต้องเทียบลายนิ้วมือใหม่", "Make a new key in place of one that is lost or stolen; all other servers must compare its fingerprint"),
		RunE: func(c *cobra.Command, _ []string) error {
			return s.withPost(c, func(p post) error {
				if !sure {
					return say.Fail(ExitUsage, say.Text{TH: "ปิดเซิร์ฟเวอร์ก่อน แล้วใส่ --yes หลังจากนี้ไม่มีเซิร์ฟเวอร์ใดเชื่อเราจนกว่าคนที่นั่นจะเทียบลายนิ้วมือใหม่",
						EN: "Stop the server first, then add --yes. After this no server believes us until somebody there has compared the new fingerprint"}, nil)
				}
				key, err := station.ReplaceKey(c.Context(), p.DB, p.Ledger, ActorKey(p.Values), s.self(p.Base), p.mail, s.Now())
				if err != nil {
					return err
				}
				return s.Print(keyOf(key, "now"), func(w io.Writer) error {
					_, err := fmt.Fprintf(w, "%s\n  %s\n", key.ID(), key.Fingerprint())
					return err
				})
			})
		}}
	c.Flags().BoolVar(&sure, "yes", false, s.T("ยืนยัน", "be sure"))
	return c
}

// station is the server's way out, without serving.
func (s *Shell) station(ctx context.Context, b *Base) (*station.Station, error) {
	v := b.Values
	rows, err := Rows(v.Text("policy.rows"))
	if err != nil {
		return nil, err
	}
	kind, username := "Organization", "org"
	if s.Program.Actor == "/ap/network" {
		kind, username = "Group", "network"
	}
	var editions policies.Editions
	if s.Program.Editions != nil {
		editions = s.Program.Editions(b.DB)
	}
	return station.New(ctx, station.Config{Editions: editions, Base: v.Text("base_url"), Path: s.Program.Actor, Type: kind, Username: username,
		Name: v.Text("org.name"), Software: s.Program.Spec.Program, Version: s.Program.Version, KeyFile: ActorKey(v), SealFile: SealKey(v),
		DB: b.DB, Trail: b.Ledger, Rules: rows, AllowPrivate: v.On("federation.allow_private"), Now: s.Now, Log: slog.New(slog.DiscardHandler)})
}
