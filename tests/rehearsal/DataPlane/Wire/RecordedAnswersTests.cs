using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Rehearsal.DataPlane.Wire;

/// <summary>
/// What Istio 1.31 with Envoy 1.40 answered on a cluster, through a gateway and the sidecar of an application, to requests and applications
/// of every kind; recorded once, and replayed against the rehearsal. Left out are dates, times, ids and what comes of mutual TLS.
/// </summary>
public sealed partial class RecordedAnswersTests(RawMesh mesh) : IClassFixture<RawMesh>
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly Dictionary<string, Recorded> Rows =
        JsonSerializer.Deserialize<List<Recorded>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "DataPlane/Wire/recorded.json")), Json)!
            .ToDictionary(row => row.Name);

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_gateway_answers_as_Envoy_did(string name)
    {
        var row = Rows[name];
        if (row.Answer is { } answer)
        {
            mesh.Application.Behaviours[RawConnection.Field(row.Request, "x-case")!] = application => AnswerAsync(application, row, answer);
        }

        using var connection = await mesh.ConnectAsync();
        await connection.WriteAsync(Expanded(row.Request));

        // The status tells that the answer is there; then the caller ends its side, so that no one waits for the other.
        var head = await connection.ReadHeadAsync();
        Assert.NotNull(head);
        var isWhole = RawConnection.Field(head, "content-length") is { } length && row.Request.StartsWith("HEAD", StringComparison.Ordinal) | length == "0";
        if (isWhole)
        {
            connection.EndSending();
        }

        Compare(row.Envoy, head, await RestAsync(connection, head, row));
    }

    private static async Task<string> RestAsync(RawConnection connection, string head, Recorded row)
    {
        if (!row.Request.StartsWith("HEAD", StringComparison.Ordinal)
            && RawConnection.Field(head, "content-length") is { } length
            && row.Envoy.Body.ValueKind == JsonValueKind.String
            && Expanded(row.Envoy.Body.GetString()!).Length == int.Parse(length, CultureInfo.InvariantCulture))
        {
            var body = await connection.ReadBodyAsync(head);
            connection.EndSending();
            return body + await connection.ReadToEndAsync();
        }

        if (row.Envoy.Body.ValueKind == JsonValueKind.Object)
        {
            var body = await connection.ReadBodyAsync(head);
            connection.EndSending();
            return body + await connection.ReadToEndAsync();
        }

        return await connection.ReadToEndAsync();
    }

    private static async Task AnswerAsync(RawConnection application, Recorded row, string answer)
    {
        if (row.Resets)
        {
            application.Reset();
            return;
        }

        await application.WriteAsync(Expanded(answer));
        if (row.Closes)
        {
            application.EndSending();
        }
    }

    private static void Compare(Answer expected, string head, string body)
    {
        var lines = head.TrimEnd().Split("\r\n");
        var headers = lines.Skip(1).Select(Stable);
        if (expected.Body.ValueKind == JsonValueKind.Object)
        {
            var received = body.Split("\r\n\r\n", 2)[0].Split("\r\n");
            var wanted = expected.Body.GetProperty("received").EnumerateArray().Select(line => Expanded(line.GetString()!)).ToList();
            Assert.Equal(wanted.Skip(1), received.Skip(1).Select(line => line.StartsWith("x-request-id", StringComparison.Ordinal) ? "x-request-id" : line).Order(StringComparer.Ordinal));
            Assert.Equal(wanted[0], received[0]);
            Assert.Equal(expected.Body.GetProperty("content").GetString(), body.Split("\r\n\r\n", 2)[1]);
        }
        else
        {
            Assert.Equal(Expanded(expected.Body.GetString()!), body);
        }

        // How long the request was when it arrived, which depends on what proxies add, is no matter.
        if (!expected.Headers.Any(line => line.StartsWith("content-length", StringComparison.Ordinal)))
        {
            headers = headers.Where(line => !line.StartsWith("content-length", StringComparison.Ordinal));
        }

        Assert.Equal(expected.Status, lines[0]);
        Assert.Equal(expected.Headers.Select(Expanded).Order(StringComparer.Ordinal), headers.Order(StringComparer.Ordinal));
    }

    private static string Stable(string line) =>
        line.StartsWith("date: ", StringComparison.Ordinal) && !line.Contains("2001", StringComparison.Ordinal) ? "date"
        : line.StartsWith("x-envoy-upstream-service-time", StringComparison.Ordinal) ? "x-envoy-upstream-service-time"
        : line;

    private static string Expanded(string text) =>
        Repeated().Replace(text, match => new string(match.Groups[1].Value[0], int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));

    // {a*40000}: 40,000 times a.
    [GeneratedRegex(@"\{(.)\*([0-9]+)\}")]
    private static partial Regex Repeated();

    private sealed record Recorded(string Name, string Request, string? Answer, bool Closes, bool Resets, Answer Envoy);

    private sealed record Answer(string Status, IReadOnlyList<string> Headers, JsonElement Body);
}
