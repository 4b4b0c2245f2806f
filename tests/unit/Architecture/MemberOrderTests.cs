using GopherMesh.Infra.Images;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GopherMesh.Tests.Unit.Architecture;

/// <summary>The members of every type have one order. The .NET SDK has no analyzer for it, and one more package would have to be restored at each deployment.</summary>
public class MemberOrderTests
{
    [Theory]
    [InlineData("infra")]
    [InlineData("apps")]
    [InlineData("tests")]
    public void Fields_come_first_then_constructors_properties_methods_and_types(string folder) => Assert.Empty(
        from path in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Find(), folder), "*.cs", SearchOption.AllDirectories)
        from misplaced in Misplaced(File.ReadAllText(path))
        select $"{Path.GetRelativePath(RepositoryRoot.Find(), path)} {misplaced}");

    [Theory]
    [InlineData("class A { int _a; A() { } int B => 1; void C() { } class D { } }")]
    [InlineData("class A { void C() { } int _a; }", "line 1: int _a;")]
    [InlineData("class A { int B => 1; A() { } }", "line 1: A() { }")]
    [InlineData("class A { class B { void C() { } int D => 1; } }", "line 1: int D => 1;")]
    public void A_misplaced_member_is_reported(string source, params string[] misplaced) => Assert.Equal(misplaced, Misplaced(source));

    private static IEnumerable<string> Misplaced(string source) =>
        from type in CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
        from pair in type.Members.Zip(type.Members.Skip(1))
        where Rank(pair.First) > Rank(pair.Second)
        select $"line {pair.Second.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {pair.Second.ToString().Split('\n')[0]}";

    private static int Rank(MemberDeclarationSyntax member) => member switch
    {
        FieldDeclarationSyntax => 0,
        ConstructorDeclarationSyntax or DestructorDeclarationSyntax => 1,
        BasePropertyDeclarationSyntax or EventFieldDeclarationSyntax => 2,
        BaseMethodDeclarationSyntax => 3,
        _ => 4,
    };
}
