package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/node/chassis/cli"
	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/web/locale"
)

// Network is how a node joins one.
type Network interface {
	Look(ctx context.Context, who clinic.Actor, hub string) (directory.Card, error)
	JoinShown(ctx context.Context, who clinic.Actor, hub, fingerprint string) error
}

type joinResult struct {
	Hub         string `json:"hub"`
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	Applied     bool   `json:"applied"`
}

// joinCommand shows a hub's key, and applies for membership once the operator
// has compared it with what the secretariat has told.
func joinCommand(s *cli.Shell, open Open) *cobra.Command {
	var fingerprint string
	c := &cobra.Command{Use: "join HUB", Args: cobra.ExactArgs(1),
		Short: s.T("ดูลายนิ้วมือกุญแจของเครือข่าย แล้วขอเข้าร่วมเมื่อเทียบตรงกัน (--fingerprint)", "Show the fingerprint of a network's hub; apply once it has been compared (--fingerprint)"),
		RunE: func(c *cobra.Command, args []string) error {
			words, err := locale.Load()
			if err != nil {
				return err
			}
			v, err := s.Ready(c)
			if err != nil {
				return err
			}
			office, err := open(c.Context(), v)
			if err != nil {
				return say.Fail(cli.ExitFailed, say.Text{TH: "เปิดฐานข้อมูลไม่ได้", EN: "The node cannot be opened"}, err)
			}
			defer func() { _ = office.Close() }()
			hub := hubActor(args[0])
			card, err := office.Network.Look(c.Context(), clinic.System, hub)
			if err != nil {
				return inWords(words, err)
			}
			out := joinResult{Hub: card.Actor, Name: card.Name, Fingerprint: card.Fingerprint()}
			if fingerprint != "" {
				if err := office.Network.JoinShown(c.Context(), clinic.System, hub, clinic.SpacedFingerprint(fingerprint)); err != nil {
					return inWords(words, err)
				}
				out.Applied = true
			}
			return s.Print(out, func(w io.Writer) error { return tellJoin(w, s, out) })
		}}
	c.Flags().StringVar(&fingerprint, "fingerprint", "", s.T("ลายนิ้วมือที่เลขานุการเครือข่ายบอกทางโทรศัพท์", "the fingerprint, as the network's secretary has read it out"))
	return c
}

func tellJoin(w io.Writer, s *cli.Shell, r joinResult) error {
	next := s.T("เทียบกับที่เลขานุการเครือข่ายบอกทางโทรศัพท์ ถ้าตรงกันให้สั่งอีกครั้งพร้อม --fingerprint", "Compare it with what the network's secretary reads out on the telephone; if it is the same, run this again with --fingerprint")
	if r.Applied {
		next = s.T("ขอเข้าร่วมแล้ว รอเลขานุการเครือข่ายรับ", "We have applied; the network's secretary decides")
	}
	_, err := fmt.Fprintf(w, "%s\n  %s\n  %s\n%s\n", r.Name, r.Hub, r.Fingerprint, next)
	return err
}

// hubActor turns what people type, the address of a hub, into its actor.
func hubActor(typed string) string {
	if !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	if strings.Count(strings.TrimSuffix(typed, "/"), "/") == 2 {
		return strings.TrimSuffix(typed, "/") + "/ap/network"
	}
	return typed
}
