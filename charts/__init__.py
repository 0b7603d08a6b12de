"""Pictures of numbers: shapes for the server to draw as SVG; no Django."""
