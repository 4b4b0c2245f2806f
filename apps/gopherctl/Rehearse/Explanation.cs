using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Rehearse.Pods;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>What a rehearsal is not: what it substitutes, and what it leaves out of what is declared.</summary>
internal static class Explanation
{
    /// <summary>Prints the explanation of a declaration.</summary>
    public static void Write(Declaration declaration, Terminal terminal)
    {
        var output = terminal.Output.Profile.Out.Writer;
        var plan = Rehearsable.Check(declaration);
        output.WriteLine("Substituted in every pod:");
        foreach (var line in Substitutions.Explanation)
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine("Declared, and without effect here:");
        foreach (var field in Rehearsable.NotRehearsed(plan).DistinctBy(field => (field.Kind, field.Path)))
        {
            output.WriteLine($"  {field.Kind} {field.Path}: {field.Reason}");
        }

        output.WriteLine("Declared, and not rehearsed:");
        foreach (var manifest in plan.Select(planned => planned.Manifest).Where(manifest => !Rehearsable.IsRehearsed(manifest)))
        {
            output.WriteLine($"  {manifest.DisplayName}");
        }

        foreach (var release in KubernetesObjects.Releases(declaration))
        {
            output.WriteLine($"  Helm release {release.Name}");
        }

        foreach (var group in declaration.Resources.Where(resource => !resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal)).CountBy(resource => resource.Type))
        {
            output.WriteLine($"  {group.Key} ({group.Value})");
        }
    }
}
