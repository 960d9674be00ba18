package network

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/hub/network/publication"
)

// publish has the secretariat say some things to everybody: two statements and an
// open event are public, and another statement waits for the second secretary.
func (n *Network) publish(ctx context.Context) error {
	hub := n.Server(hubKey)
	first, err := hub.As(ctx, "secretary")
	if err != nil {
		return err
	}
	second, err := hub.As(ctx, "secretary2")
	if err != nil {
		return err
	}
	all, err := hub.Hub.Public.List(ctx, first)
	if err != nil || len(all) > 0 {
		return err
	}
	for _, d := range n.documents() {
		id, err := hub.Hub.Public.Write(ctx, first, d.kind, d.text)
		if err != nil {
			return err
		}
		if err := hub.Hub.Public.Submit(ctx, first, id, 1); err != nil {
			return err
		}
		if d.waits {
			continue
		}
		v, err := hub.Hub.Public.Show(ctx, second, id)
		if err != nil {
			return err
		}
		if err := hub.Hub.Public.Release(ctx, second, id, v.Pending.SHA256); err != nil {
			return err
		}
	}
	return nil
}

type document struct {
	kind  string
	text  publication.Text
	waits bool
}

func (n *Network) documents() []document {
	now := time.Now
	if n.opt.Now != nil {
		now = n.opt.Now
	}
	// a Saturday at nine in Bangkok, two to three weeks from now
	day := now().UTC().AddDate(0, 0, 14).Truncate(24 * time.Hour).Add(2 * time.Hour)
	for day.Weekday() != time.Saturday {
		day = day.AddDate(0, 0, 1)
	}
	both := func(th, en string) publication.Words { return publication.Words{TH: th, EN: en} }
	return []document{
		{kind: publication.Statement, text: publication.Text{
			Name:    both("เด็กทุกคนที่เกิดในไทยต้องได้รับการจดทะเบียนการเกิด", "Every child born in Thailand must be registered at birth"),
			Summary: both("เครือข่ายขอให้รับแจ้งการเกิดโดยไม่ต้องรอเอกสารของพ่อแม่", "We ask that births be registered without waiting for the parents' papers"),
			Body: both("เด็กที่เกิดในประเทศไทยทุกคนมีสิทธิได้รับการจดทะเบียนการเกิด ไม่ว่าพ่อแม่จะมีเอกสารหรือไม่ แต่หลายครอบครัวยังถูกขอให้กลับมาใหม่พร้อมเอกสารที่ไม่มีทางหาได้\n\nเครือข่ายขอให้สำนักทะเบียนทุกแห่ง\nรับแจ้งการเกิดในวันที่ครอบครัวมาถึง\nออกหลักฐานการรับแจ้งให้ทันที",
				"Every child born in Thailand has the right to be registered at birth, whether or not the parents have papers. Still, many families are told to come back with papers that cannot be had.\n\nWe ask every registration office\nto take the notice on the day when the family comes\nand to hand out the receipt at once.")}},
		{kind: publication.Statement, text: publication.Text{
			Name:    both("การคุ้มครองผู้ที่ออกมาพูดแทนชุมชน", "Protect those who speak for their communities"),
			Summary: both("การฟ้องคดีเพื่อให้เงียบต้องไม่เป็นเรื่องปกติ", "Lawsuits that are meant to silence must not become normal"),
			Body: both("คนที่ออกมาพูดเรื่องดิน น้ำ และแรงงานในชุมชนของตน ต้องทำได้โดยไม่ถูกข่มขู่หรือถูกฟ้องเพื่อให้เงียบ\n\nสมาชิกของเครือข่ายช่วยด้านกฎหมายโดยไม่คิดค่าใช้จ่าย",
				"People who speak about land, water and labour in their communities must be able to do so without threats and without lawsuits that are meant to silence them.\n\nMembers of the network help with the law, free of charge.")}},
		{kind: publication.Event, text: publication.Text{
			Name:    both("คลินิกกฎหมายเคลื่อนที่ อำเภอแม่สาธิต", "Mobile legal clinic, Mae Sathit"),
			Summary: both("ปรึกษาเรื่องสถานะบุคคลได้โดยไม่เสียค่าใช้จ่าย", "Free advice about legal status"),
			Body:    both("ทนายและอาสาสมัครจากสมาชิกของเครือข่ายจะอยู่ทั้งวัน มีล่ามภาษาไทใหญ่และลาหู่", "Lawyers and volunteers of the network's members are there all day, with interpreters for Shan and Lahu."),
			Place:   both("ศาลาวัดสาธิต", "Hall of Wat Sathit"), Start: day, End: day.Add(7 * time.Hour)}},
		{kind: publication.Statement, waits: true, text: publication.Text{
			Name:    both("ขอให้ทบทวนค่าธรรมเนียมเอกสารทะเบียน", "Please review the fees for registration papers"),
			Summary: both("ค่าธรรมเนียมเล็กน้อยสำหรับบางคน คือค่าอาหารหลายวันของอีกครอบครัว", "A small fee for some is food for days for others"),
			Body:    both("ครอบครัวที่เราพบหลายครอบครัวต้องเดินทางไกลและจ่ายค่าธรรมเนียมซ้ำ เราขอให้ยกเว้นแก่ผู้ที่ยังไม่มีสถานะ", "Many families travel far and pay twice. We ask that fees be waived for those who have no status yet.")}},
	}
}
