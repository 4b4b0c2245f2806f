using System.Text.Json;
using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What came of a probe: the status and what the application saw, or where a redirect leads.</summary>
internal sealed record Outcome(int Status, Seen? Application, string? Location)
{
    public static async Task<Outcome> OfAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        var seen = response.Content.Headers.ContentType?.MediaType == "application/json"
            ? JsonSerializer.Deserialize<Seen>(body, JsonSerializerOptions.Web)
            : null;
        return new Outcome((int)response.StatusCode, seen, response.Headers.Location?.ToString());
    }

    /// <summary>All that must be the same on both sides, in one line.</summary>
    public string Compared() => Application is null
        ? $"{Status}{(Location is null ? "" : $" to {Location}")}"
        : $"{Status} by {Application.Version}: {Application.Method} {Application.Target} {string.Join(", ", Application.Headers
            .Where(header => !KnownDifferences.Headers.ContainsKey(header.Key))
            .OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}={KnownDifferences.WithoutFolding(header.Value)}"))}";
}
