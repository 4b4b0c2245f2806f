using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// No secret stands in plain text in an input, a value of a chart or an output: from there it gets into the state, the diff of every
/// preview and the logs. What Pulumi knows to be a secret is masked in a rendering.
/// </summary>
internal static class PlainTextSecret
{
    private const string Remedy =
        "Keep it in an encrypted setting (pulumi config set --secret) or an Output.CreateSecret, and renew it: it has been seen.";

    public static PolicyRule Rule { get; } = new("plain-text-secret", Severity.Error, "No secret is in plain text.", Violations)
    {
        Others = "kube-linter env-var-secret",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from place in Places(stack).DistinctBy(place => (place.Resource, place.Path, place.Text))
        let kind = SecretPatterns.In(place.Text) ?? AssignedSecret.In(place.Text) ?? (IsNamed(place) ? "a secret by its name" : null)
        where kind is not null
        // The value itself is not repeated: the report goes into logs.
        select new Violation(place.Resource, $"{place.Path} has {kind} in plain text", Remedy);

    // Both the files and resources.json are checked: someone may have edited only one of them by hand.
    private static IEnumerable<Place> Places(RenderedStack stack) =>
        stack.Resources.SelectMany(resource =>
                Texts(RenderedStack.NameOf(resource), resource.Inputs, path => IsSecretInput(resource, path)))
            .Concat(stack.Manifests.SelectMany(manifest =>
                Texts(manifest.Manifest.DisplayName, manifest.Body, path => IsSecretData(manifest.Body, path))))
            .Concat(stack.Releases.SelectMany(release =>
                Texts(release.DisplayName, new JsonObject { ["values"] = release.Values.DeepClone() }, _ => false)))
            .Concat(Texts(RenderedStack.OutputsName, stack.Declaration.Outputs, _ => false));

    private static IEnumerable<Place> Texts(string resource, JsonObject document, Func<string, bool> isSecret) =>
        from found in document.Walk()
        let text = found.Node.AsText()
        where text is not null
        select new Place(resource, found.Path, NameOf(found.Path, found.Node), text, isSecret(found.Path));

    // The value of an environment variable is named by its sibling.
    private static string NameOf(string path, JsonNode node) =>
        path.EndsWith(".value", StringComparison.Ordinal) && node.Parent.Text("name") is { } name ? name : path.Split('.')[^1];

    // A parameter of the Systems Manager says by its type what its value is (pulumi-aws, aws.ssm.Parameter).
    private static bool IsSecretInput(DeclaredResource resource, string path) => resource.Type == "aws:ssm/parameter:Parameter"
        ? path == "value" && resource.Inputs.Text("type") == "SecureString"
        : IsSecretData(resource.Inputs, path);

    private static bool IsSecretData(JsonObject document, string path) => document.Text("kind") == "Secret"
        && (path.StartsWith("data.", StringComparison.Ordinal) || path.StartsWith("stringData.", StringComparison.Ordinal));

    private static bool IsNamed(Place place) => (place.IsSecret || SecretNames.IsSecret(place.Name, place.Text)) && SecretNames.IsLiteral(place.Text);

    private sealed record Place(string Resource, string Path, string Name, string Text, bool IsSecret);
}
