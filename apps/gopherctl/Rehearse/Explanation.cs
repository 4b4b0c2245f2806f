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
        var plan = Rehearsable.Check(declaration);
        terminal.Print("Substituted in every pod:");
        foreach (var line in Substitutions.Explanation)
        {
            terminal.Print($"  {line}");
        }

        terminal.Print("Declared, and without effect here:");
        foreach (var field in Rehearsable.NotRehearsed(plan).DistinctBy(field => (field.Kind, field.Path)))
        {
            terminal.Print($"  {field.Kind} {field.Path}: {field.Reason}");
        }

        terminal.Print("Declared, and not rehearsed:");
        foreach (var manifest in plan.Select(planned => planned.Manifest).Where(manifest => !Rehearsable.IsRehearsed(manifest)))
        {
            terminal.Print(Rehearsable.Autoscalers(plan).Contains(manifest) ? $"  {manifest.DisplayName}: {Rehearsable.NoScaling}" : $"  {manifest.DisplayName}");
        }

        foreach (var release in KubernetesObjects.Releases(declaration))
        {
            terminal.Print($"  Helm release {release.Name}");
        }

        foreach (var group in declaration.Resources.Where(resource => !resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal)).CountBy(resource => resource.Type))
        {
            terminal.Print($"  {group.Key} ({group.Value})");
        }
    }
}
