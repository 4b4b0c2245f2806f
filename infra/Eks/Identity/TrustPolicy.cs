namespace GopherMesh.Infra.Eks.Identity;

/// <summary>Who may take on a role.</summary>
internal static class TrustPolicy
{
    /// <summary>Lets one AWS service take on the role.</summary>
    /// <param name="service">The service's principal, e.g. <c>ec2.amazonaws.com</c>.</param>
    /// <param name="actions">What it may do besides <c>sts:AssumeRole</c>.</param>
    public static string For(string service, params IReadOnlyList<string> actions) =>
        new PolicyDocument(
        [
            new() { Action = ["sts:AssumeRole", .. actions], Principal = new Dictionary<string, string> { ["Service"] = service } },
        ]).ToString();
}
