"""The only package that sends deliveries to Discord: transport, responses, sender, lookup."""
