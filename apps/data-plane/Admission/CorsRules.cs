using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.Admission;

/// <summary>What Istio denies of a corsPolicy (validation.go, validateCORSPolicy).</summary>
internal static class CorsRules
{
    private const string Cors = "spec.http[].corsPolicy";

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "*"];

    public static IReadOnlyList<AdmissionRule> All { get; } =
    [
        new($"{Cors}.allowOrigins[]", "validateAllowOrigins", Origin),
        new($"{Cors}.allowMethods[]", "validateCORSHTTPMethod", method => Methods.Contains(method.Text) ? null : $"\"{method.Text}\" is no method that CORS has"),
        .. new[] { "allowHeaders[]", "exposeHeaders[]" }.Select(list => new AdmissionRule($"{Cors}.{list}", "ValidateCORSHTTPHeaderName", name =>
            name.Text == "*" || MessageHead.IsToken(name.Text ?? "") ? null : $"\"{name.Text}\" is no name of a header")),
        new($"{Cors}.maxAge", "ValidateDuration", MaxAge),
    ];

    private static string? Origin(Field origin)
    {
        var texts = origin.Object is null ? [] : new[] { origin.TextOf("exact"), origin.TextOf("prefix"), origin.TextOf("regex") };
        return texts.All(string.IsNullOrEmpty) ? "needs one of exact, prefix and regex" : Checks.StringMatch(origin, mayBeEmptyPrefix: true);
    }

    private static string? MaxAge(Field age) =>
        Checks.Duration(age)
        ?? (Durations.TryParse(age.Text ?? "", out var time) && time.Ticks % TimeSpan.TicksPerSecond != 0 ? $"is \"{age.Text}\"; must be whole seconds" : null);
}
