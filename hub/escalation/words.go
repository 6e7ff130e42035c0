package escalation

import (
	"fmt"
	"time"
)

// Text writes a notice for people: one line, and what to do, in a location's language and zone.
func (n Notice) Text(shop, language string, zone *time.Location) (subject, text string) {
	since := n.Since.In(zone).Format("2006-01-02 15:04")
	if language == "fr" {
		return n.french(shop, since)
	}
	return n.english(shop, since)
}

func (n Notice) english(shop, since string) (subject, text string) {
	const ends = "\n\nYou hear once more when this is over."
	switch {
	case n.Kind == NoTerminal && n.Clear:
		return shop + ": a terminal is online again",
			fmt.Sprintf("A terminal of %s is online again. None had been since %s.", shop, since)
	case n.Kind == NoTerminal:
		return shop + ": no terminal is online",
			fmt.Sprintf("No terminal of %s has been online since %s. Nobody there sees or prints new orders. Check that the terminal is on, that Comptoir runs on it, and that it has a network.", shop, since) + ends
	case n.Clear:
		return shop + ": no order waits any more",
			fmt.Sprintf("No order of %s has been waiting too long any more. The first had come in at %s.", shop, since)
	case n.Orders == 1:
		return shop + ": an order is not accepted",
			fmt.Sprintf("Order %s of %s came in at %s and has not been accepted. Somebody should look at the terminal.", n.Number, shop, since) + ends
	}
	return fmt.Sprintf("%s: %d orders are not accepted", shop, n.Orders),
		fmt.Sprintf("%d orders of %s have not been accepted; the first, %s, came in at %s. Somebody should look at the terminal.", n.Orders, shop, n.Number, since) + ends
}

func (n Notice) french(shop, since string) (subject, text string) {
	const ends = "\n\nVous recevrez un autre message quand ce sera terminé."
	switch {
	case n.Kind == NoTerminal && n.Clear:
		return shop + " : une caisse est de nouveau en ligne",
			fmt.Sprintf("Une caisse de %s est de nouveau en ligne. Il n’y en avait plus depuis le %s.", shop, since)
	case n.Kind == NoTerminal:
		return shop + " : aucune caisse en ligne",
			fmt.Sprintf("Aucune caisse de %s n’est en ligne depuis le %s. Personne n’y voit ni n’imprime les nouvelles commandes. Vérifiez que la caisse est allumée, que Comptoir y fonctionne et qu’elle a le réseau.", shop, since) + ends
	case n.Clear:
		return shop + " : plus aucune commande n’attend",
			fmt.Sprintf("Plus aucune commande de %s n’attend depuis trop longtemps. La première était arrivée le %s.", shop, since)
	case n.Orders == 1:
		return shop + " : une commande n’est pas acceptée",
			fmt.Sprintf("La commande %s de %s est arrivée le %s et n’est toujours pas acceptée. Quelqu’un devrait regarder la caisse.", n.Number, shop, since) + ends
	}
	return fmt.Sprintf("%s : %d commandes ne sont pas acceptées", shop, n.Orders),
		fmt.Sprintf("%d commandes de %s ne sont toujours pas acceptées; la première, %s, est arrivée le %s. Quelqu’un devrait regarder la caisse.", n.Orders, shop, n.Number, since) + ends
}
