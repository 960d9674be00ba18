package network

import (
	"context"

	"github.com/saphan-network/saphan/node/clinic/directory"
)

// applicantKey is the organisation that is no member.
const applicantKey = "maesot"

func applicant() organisation {
	return organisation{key: applicantKey, th: "คลินิกกฎหมายอาสา แม่สอด (สาธิต)", en: "Mae Sot Volunteer Clinic (demo)",
		staff: staffOf("พิมพ์ เมยสาธิต", "ทนายธาร เมยสาธิต", "กานดา เมยสาธิต")}
}

// Words is what the demonstration's applicant says of itself.
func Words() directory.Words {
	return directory.Words{
		AboutTH:  "เราเป็นอาสาสมัครสิบสองคนในอำเภอแม่สอด ช่วยเรื่องสูติบัตรและสัญชาติมาเจ็ดปี\nเคยทำงานร่วมกับคลินิกกฎหมายในภาคเหนือ",
		AboutEN:  "We are twelve volunteers near the western border who have helped with birth certificates and nationality for seven years.",
		Services: []string{"status_work", "doc_drafting", "field_verify"}, Regions: []string{"63"}, Languages: []string{"th", "my"}, Contact: "office@maesot.example"}
}

// apply has the secretariat open its door, and the applicant apply there as its
// people would: they see the bytes, and send them.
func (n *Network) apply(ctx context.Context) error {
	s := n.Server(applicantKey)
	if s == nil {
		return nil
	}
	hub := n.Server(hubKey)
	secretary, err := hub.As(ctx, "secretary")
	if err != nil {
		return err
	}
	if err := hub.Hub.SetDoor(ctx, secretary, true); err != nil {
		return err
	}
	contact, err := s.As(ctx, "network")
	if err != nil {
		return err
	}
	if err := s.Node.Network.Draft(ctx, contact, hub.Actor, Words()); err != nil {
		return err
	}
	a, err := s.Node.Network.Drafted(ctx, contact)
	if err != nil {
		return err
	}
	if err := s.Node.Network.Apply(ctx, contact, a.Sum, a.Hub.Fingerprint()); err != nil {
		return err
	}
	return n.Settle(ctx)
}
