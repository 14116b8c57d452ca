"""Paper (文书): signed statements, their QR codes, and the printed page."""
